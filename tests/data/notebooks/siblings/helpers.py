import pandas as pd

ROOT = "s3://harbour/helped"


def load(name):
    return pd.read_csv(f"{ROOT}/{name}.csv")
