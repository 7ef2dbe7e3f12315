"""Ways of reading and writing data that notebooks have in common: each gives just these references."""
import pytest

from test_call_rows import found

CASES = [
    ("""import dask,pandas as pd
dask.delayed(pd.read_csv)('s3://b/x.csv')""",
     ["read s3://b/x.csv"]),
    ("""from dask import delayed
import pandas as pd
parts=[delayed(pd.read_csv)(f) for f in ['a.csv','b.csv']]""",
     ["read file:a.csv", "read file:b.csv"]),
    ("""import pandas as pd
list(map(pd.read_csv,['a.csv','b.csv']))""",
     ["read file:a.csv", "read file:b.csv"]),
    ("""import pandas as pd
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as ex:
    ex.submit(pd.read_csv,'a.csv')
    ex.map(pd.read_csv,['b.csv'])""",
     ["read file:a.csv", "read file:b.csv"]),
    ("""import pandas as pd
from functools import partial
r=partial(pd.read_csv,sep=';')
r('a.csv')""",
     ["read file:a.csv"]),
    ("""import boto3
s3=boto3.client('s3')
kw=dict(Bucket='b',Key='k.csv')
s3.get_object(**kw)""",
     ["read s3://b/k.csv"]),
    ("""import boto3
s3=boto3.client('s3')
p=s3.get_paginator('list_objects_v2')
for page in p.paginate(Bucket='b',Prefix='d/'):
    for o in page['Contents']:
        s3.get_object(Bucket='b',Key=o['Key'])""",
     ["read s3://b/d/{}"]),
    ("""import boto3
b=boto3.resource('s3').Bucket('b')
for o in b.objects.filter(Prefix='d/'):
    o.get()['Body'].read()""",
     ["read s3://b/d/{}"]),
    ("""import boto3
b=boto3.resource('s3').Bucket('b')
for o in b.objects.all():
    b.download_file(o.key,'x.csv')""",
     ["read s3://b/{}", "write file:x.csv"]),
    ("""import s3fs,pandas as pd
fs=s3fs.S3FileSystem(anon=True)
with fs.open('b/k.csv') as f:
    pd.read_csv(f)""",
     ["read s3://b/k.csv"]),
    ("""import s3fs,pandas as pd
fs=s3fs.S3FileSystem(anon=True)
for p in fs.glob('b/d/*.csv'):
    with fs.open(p) as f: pd.read_csv(f)""",
     ["read s3://b/d/*.csv"]),
    ("""import fsspec
fs=fsspec.filesystem('s3')
fs.get('b/k.csv','k.csv')""",
     ["read s3://b/k.csv", "write file:k.csv"]),
    ("""import os
for root,dirs,files in os.walk('data'):
    for f in files:
        open(os.path.join(root,f))""",
     ["read file:data/{}"]),
    ("""from pathlib import Path
import pandas as pd
for p in Path('data').glob('*.csv'):
    pd.read_csv(p)""",
     ["read file:data/*.csv"]),
    ("""from pathlib import Path
Path('d/x.json').write_text('a')
Path('d')/'y.txt'
(Path('d')/'y.txt').read_text()""",
     ["read file:d/y.txt", "write file:d/x.json"]),
    ("""import glob,pandas as pd
df=pd.concat([pd.read_csv(f) for f in glob.glob('data/*.csv')])""",
     ["read file:data/*.csv"]),
    ("""import glob,pandas as pd
df=pd.concat(map(pd.read_csv, glob.glob('data/*.csv')))""",
     ["read file:data/*.csv"]),
    ("""import sagemaker
sess=sagemaker.Session()
b=sess.default_bucket()
uri=sess.upload_data('train.csv',bucket=b,key_prefix='p/train')
est=sagemaker.estimator.Estimator('img',output_path=f's3://{b}/out')
est.fit({'train':uri})""",
     ["read file:train.csv", "read s3://{}/p/train/train.csv", "write s3://{}/out", "write s3://{}/p/train/train.csv"]),
    ("""import sagemaker
from sagemaker.inputs import TrainingInput
est=sagemaker.estimator.Estimator('img')
est.fit({'train':TrainingInput('s3://b/t',content_type='csv')})
t=est.transformer(1,'ml.m5',output_path='s3://b/o')
t.transform('s3://b/i',content_type='csv')""",
     ["read s3://b/i", "read s3://b/t", "write s3://b/o"]),
    ("""from sagemaker.sklearn.processing import SKLearnProcessor
from sagemaker.processing import ProcessingInput, ProcessingOutput
p=SKLearnProcessor('0.20')
p.run(code='x.py',inputs=[ProcessingInput(source='s3://b/i',destination='/opt/i')],outputs=[ProcessingOutput(source='/opt/o',destination='s3://b/o')],arguments=['--data','s3://b/a'])""",
     ["read s3://b/a", "read s3://b/i", "write s3://b/o"]),
    ("""from pyspark.sql import SparkSession
spark=SparkSession.builder.appName('x').getOrCreate()
df=spark.read.option('header',True).csv('s3://b/x')
df.createOrReplaceTempView('v')
spark.sql('select * from v join db.t').write.mode('overwrite').partitionBy('a').parquet('s3://b/o')""",
     ["read s3://b/x", "read table:db.t", "write s3://b/o"]),
    ("""def f(spark, path):
    return spark.read.parquet(path)
f(spark,'s3://b/p')""",
     ["read s3://b/p"]),
    ("""class J:
    def __init__(self,spark): self.spark=spark
    def run(self): return self.spark.table('db.t')
J(spark).run()""",
     ["read table:db.t"]),
    ("""df.write.format('delta').mode('append').save('s3://b/d')""",
     ["write s3://b/d"]),
    ("""spark.read.format('jdbc').option('url',u).option('dbtable','s.t').load()""",
     ["read table:s.t"]),
    ("""spark.read.format('jdbc').option('url',u).option('query','select * from s.q').load()""",
     ["read table:s.q"]),
    ("""spark.read.jdbc(url=u, table='(select * from s.t) x', properties=p)""",
     ["read table:s.t"]),
    ("""df.writeStream.format('parquet').option('checkpointLocation','s3://b/c').option('path','s3://b/p').start()""",
     ["write s3://b/c", "write s3://b/p"]),
    ("""spark.readStream.format('kafka').option('subscribe','t1,t2').load()""",
     ["read stream:t1", "read stream:t2"]),
    ("""import awswrangler as wr
wr.s3.to_parquet(df,'s3://b/p',dataset=True,database='db',table='t')""",
     ["write s3://b/p", "write table:db.t"]),
    ("""import awswrangler as wr
wr.athena.read_sql_query('select * from t',database='db')""",
     ["read table:db.t"]),
    ("""import pandas as pd
from sqlalchemy import create_engine
e=create_engine('postgresql://u:p@h/db')
pd.read_sql('select * from a.t',e)
pd.read_sql('t2',con=e)
df.to_sql('t3',e,schema='s')""",
     ["read table:a.t", "read table:t2", "write table:s.t3"]),
    ("""import sqlite3
c=sqlite3.connect('x.db')
cur=c.cursor()
cur.execute('insert into t values (1)')""",
     ["write table:t"]),
    ("""import duckdb
duckdb.sql("select * from 's3://b/x.parquet'")
duckdb.query("copy (select * from read_csv('a.csv')) to 'o.parquet'")""",
     ["read file:a.csv", "read s3://b/x.parquet", "write file:o.parquet"]),
    ("""import duckdb
con=duckdb.connect()
con.execute("create table t as select * from read_parquet('a.parquet')").df()""",
     ["read file:a.parquet"]),
    ("""import json
with open('c.json') as f:
    d=json.load(f)""",
     ["read file:c.json"]),
    ("""import pandas as pd
pd.read_json('[{"a":1}]')
df.to_csv()
df.to_csv(None)
df.to_csv(index=False)""",
     []),
    ("""import urllib.request,zipfile
urllib.request.urlretrieve('https://x.org/a.zip','a.zip')
with zipfile.ZipFile('a.zip') as z:
    z.extractall('d')""",
     ["read file:a.zip", "read https://x.org/a.zip", "write file:a.zip", "write file:d"]),
    ("""import requests
r=requests.get('https://x.org/a.csv')
open('a.csv','wb').write(r.content)""",
     ["read https://x.org/a.csv", "write file:a.csv"]),
    ("""import xarray as xr,s3fs
fs=s3fs.S3FileSystem(anon=True)
xr.open_zarr(fs.get_mapper('b/z'))
xr.open_zarr(s3fs.S3Map('b/z2',s3=fs))
xr.open_dataset(fs.open('b/n.nc'))""",
     ["read s3://b/n.nc", "read s3://b/z", "read s3://b/z2"]),
    ("""import torch
torch.save(m.state_dict(),'m.pt')
torch.load('m.pt')""",
     ["read file:m.pt", "write file:m.pt"]),
    ("""import numpy as np
np.save('s3://b/x.npy',a)
np.savetxt('x.txt',a)
np.load('y.npy')""",
     ["read file:y.npy", "write file:x.txt", "write s3://b/x.npy"]),
    ("""from datasets import load_dataset
load_dataset('csv',data_files={'train':'a.csv','test':'b.csv'})
load_dataset('imdb')""",
     ["read builtin:imdb", "read file:a.csv", "read file:b.csv"]),
    ("""import boto3
athena=boto3.client('athena',region_name='x')
athena.start_query_execution(QueryString='select * from t',QueryExecutionContext={'Database':'db'},ResultConfiguration={'OutputLocation':'s3://b/r'})""",
     ["read table:db.t", "write s3://b/r"]),
    ("""import boto3
t=boto3.resource('dynamodb').Table('tt')
t.put_item(Item={})
t.scan()""",
     ["read table:tt", "write table:tt"]),
    ("""import boto3
s=boto3.Session(profile_name='x')
s3=s.resource('s3')
s3.Object('b','k').put(Body=x)
s3.meta.client.upload_file('a.csv','b','c.csv')""",
     ["read file:a.csv", "write s3://b/c.csv", "write s3://b/k"]),
    ("""import boto3
boto3.Session().resource('s3').Bucket('b').Object('p/x.csv').upload_file('x.csv')""",
     ["read file:x.csv", "write s3://b/p/x.csv"]),
    ("""import boto3
boto3.resource('s3').Bucket('b').upload_file('x.csv','k')
boto3.resource('s3').meta.client.download_file('b','k2','l')""",
     ["read file:x.csv", "read s3://b/k2", "write file:l", "write s3://b/k"]),
    ("""import pandas as pd
with pd.ExcelWriter('o.xlsx') as w:
    df.to_excel(w)
x=pd.ExcelFile('i.xlsx')
x.parse('a')""",
     ["read file:i.xlsx", "write file:o.xlsx"]),
    ("""from google.cloud import storage
c=storage.Client()
b=c.bucket('bk')
b.blob('o.csv').upload_from_filename('l.csv')""",
     ["read file:l.csv", "write gs://bk/o.csv"]),
    ("""from google.cloud import bigquery
c=bigquery.Client()
c.query('select * from `p.d.t`').to_dataframe()""",
     ["read table:p.d.t"]),
    ("""from deltalake import DeltaTable, write_deltalake
DeltaTable('s3://b/d').to_pandas()
write_deltalake('s3://b/e',df)""",
     ["read s3://b/d", "write s3://b/e"]),
    ("""from delta.tables import DeltaTable
t=DeltaTable.forPath(spark,'s3://b/d')
t.alias('a').merge(s,'x').whenMatchedUpdateAll().execute()""",
     ["read s3://b/d", "write s3://b/d"]),
    ("""from pyspark.ml import PipelineModel
m=PipelineModel.load('s3://b/m')
m.write().overwrite().save('s3://b/n')
m.save('s3://b/q')""",
     ["read s3://b/m", "write s3://b/n", "write s3://b/q"]),
    ("""sc.textFile('s3://b/a.txt').map(lambda x:x).saveAsTextFile('s3://b/o')""",
     ["read s3://b/a.txt", "write s3://b/o"]),
    ("""glueContext.create_dynamic_frame.from_options(connection_type='s3',connection_options={'paths':['s3://b/p']},format='csv')
glueContext.write_dynamic_frame.from_options(frame=f,connection_type='s3',connection_options={'path':'s3://b/o'})
glueContext.create_dynamic_frame.from_catalog(database='d',table_name='t')""",
     ["read s3://b/p", "read table:d.t", "write s3://b/o"]),
    ("""import subprocess
subprocess.run(['aws','s3','cp','a','s3://b/c'])
subprocess.call('aws s3 sync s3://b/d e',shell=True)""",
     ["read file:a", "read s3://b/d", "write file:e", "write s3://b/c"]),
    ("""import tensorflow as tf
tf.data.TFRecordDataset(['gs://b/x.tfrecord'])
tf.io.gfile.GFile('gs://b/y','w')
tf.keras.models.load_model('m.h5')""",
     ["read file:m.h5", "read gs://b/x.tfrecord", "write gs://b/y"]),
    ("""import polars as pl
pl.scan_parquet('s3://b/*.parquet').collect().write_csv('o.csv')
pl.read_csv('a.csv')""",
     ["read file:a.csv", "read s3://b/*.parquet", "write file:o.csv"]),
    ("""import pickle
pickle.dump(m,open('m.pkl','wb'))""",
     ["write file:m.pkl"]),
    ("""import rasterio
with rasterio.open('a.tif') as s:
    p=s.profile
with rasterio.open('o.tif','w',**p) as d: d.write(x)""",
     ["read file:a.tif", "write file:o.tif"]),
    ("""import geopandas as gpd
g=gpd.read_file('a.shp')
g.to_file('o.gpkg',driver='GPKG')
g.to_parquet('o.parquet')""",
     ["read file:a.shp", "write file:o.gpkg", "write file:o.parquet"]),
    ("""import h5py
f=h5py.File('a.h5')
h5py.File('b.h5','w')""",
     ["read file:a.h5", "write file:b.h5"]),
    ("""from smart_open import open
open('s3://b/x.gz')""",
     ["read s3://b/x.gz"]),
    ("""import io,boto3,pandas as pd
o=boto3.client('s3').get_object(Bucket='b',Key='x.csv')
pd.read_csv(io.BytesIO(o['Body'].read()))""",
     ["read s3://b/x.csv"]),
    ("""import cv2
cv2.imread('a.png')
cv2.imwrite('b.png',x)""",
     ["read file:a.png", "write file:b.png"]),
    ("""from pymongo import MongoClient
c=MongoClient('h')
c['db']['coll'].insert_many(x)
c.db.coll2.find({})""",
     ["read table:db.coll2", "write table:db.coll"]),
    ("""import psycopg2
conn=psycopg2.connect('x')
with conn.cursor() as cur:
    cur.execute('select * from a.b')""",
     ["read table:a.b"]),
    ("""import joblib
joblib.dump(m,'m.joblib')""",
     ["write file:m.joblib"]),
    ("""import shutil
shutil.copy('a.csv','b/')""",
     ["read file:a.csv", "write file:b/a.csv"]),
    ("""import modin.pandas as pd
pd.read_csv('a.csv')
import cudf
cudf.read_parquet('b.parquet')""",
     ["read file:a.csv", "read file:b.parquet"]),
    ("""from snowflake.snowpark import Session
session=Session.builder.configs(c).create()
session.table('db.s.t').write.save_as_table('o')
session.read.csv('@st/x.csv')""",
     ["read stage:@st/x.csv", "read table:db.s.t", "write table:o"]),
    ("""from pyspark.sql import SQLContext
sqlContext=SQLContext(sc)
sqlContext.sql('select * from a.b')
sqlContext.read.json('s3://b/j')""",
     ["read s3://b/j", "read table:a.b"]),
    ("""spark.table('a.b').write.insertInto('c.d')
df.write.saveAsTable('e.f')
df.writeTo('g.h').append()""",
     ["read table:a.b", "write table:c.d", "write table:e.f", "write table:g.h"]),
    ("""import kagglehub
kagglehub.dataset_download('u/d')""",
     ["read builtin:u/d"]),
    ("""dbutils.fs.ls('dbfs:/x')
dbutils.fs.cp('dbfs:/a','dbfs:/b')""",
     ["read dbfs:/a", "write dbfs:/b"]),
    ("""import duckdb
con = duckdb.connect()
con.execute('create table t as select * from read_parquet(\\'a.parquet\\')')
con.sql('select * from t')""",
     ["read file:a.parquet"]),
    ("""import duckdb
con = duckdb.connect('f.duckdb')
con.execute('create table t as select 1')""",
     ["write table:t"]),
    ("""import sqlite3
import pandas as pd
c = sqlite3.connect(':memory:')
df.to_sql('t', c)
pd.read_sql('select * from t', c)""",
     []),
    ("""from sqlalchemy import create_engine
import pandas as pd
e = create_engine('sqlite://')
df.to_sql('t', e)
pd.read_sql('t', e)""",
     []),
    ("""import fsspec
import pyarrow.dataset as ds
fs, path = fsspec.url_to_fs('s3://b/raw/x')
ds.dataset(path, filesystem=fs)""",
     ["read s3://b/raw/x"]),
    ("""import s3fs
import pyarrow.parquet as pq
fs = s3fs.S3FileSystem()
pq.ParquetDataset('b/p', filesystem=fs)""",
     ["read s3://b/p"]),
    ("""exec("open('a.csv')")""",
     ["read file:a.csv"]),
    ("""import boto3
emr = boto3.client('emr')
emr.add_job_flow_steps(JobFlowId='j', Steps=[{'HadoopJarStep': {'Jar': 'command-runner.jar', 'Args': ['s3-dist-cp', '--src', 's3://b/i', '--dest', 's3://b/o']}}])""",
     ["read s3://b/i", "write s3://b/o"]),
    ("""import boto3
s3 = boto3.client('s3')
s3.copy({'Bucket': 'a', 'Key': 'k'}, 'b', 'l')
s3.copy_object(CopySource='c/m', Bucket='d', Key='n')""",
     ["read s3://a/k", "read s3://c/m", "write s3://b/l", "write s3://d/n"]),
    ("""d = {'Database': 'a', 'Collection': 'b'}
spark.read.format('cosmos.oltp').options(**d).load()
df.write.saveAsTable('t', path='s3://b/t')""",
     ["read table:a.b", "write s3://b/t", "write table:t"]),
]


@pytest.fixture(scope="module")
def answers():
    return found([code for code, _ in CASES])


@pytest.mark.parametrize("number", range(len(CASES)))
def test_an_idiom_gives_its_references(answers, number):
    code, want = CASES[number]
    got = {f"{direction} {uri}" for direction, uri in answers[number] if direction != "list"}
    assert got == set(want), code
