def latest(name):
    return f"s3://harbour/latest/{name}.csv"
