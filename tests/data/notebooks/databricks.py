# Databricks notebook source
# MAGIC %md
# MAGIC # Gauges

# COMMAND ----------

gauges = spark.read.format("delta").load("dbfs:/mnt/sea/gauges")
display(gauges)

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT * FROM sea.gauges VERSION AS OF 3

# COMMAND ----------

# MAGIC %sh
# MAGIC ls /dbfs/mnt/sea

# COMMAND ----------

dbutils.fs.cp("dbfs:/mnt/sea/latest.csv", "s3://sea/latest.csv")
