-- a plain source
CREATE EXTERNAL TABLE sea.stations (id int, name string)
STORED AS PARQUET LOCATION 's3://sea/stations/';
INSERT INTO reports.stations SELECT * FROM sea.stations;
