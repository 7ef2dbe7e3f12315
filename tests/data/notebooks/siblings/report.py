import pandas as pd

pd.DataFrame().to_html("report.html")
