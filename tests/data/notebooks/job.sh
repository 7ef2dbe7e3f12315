#!/bin/sh
BUCKET=harbour
aws s3 cp "s3://$BUCKET/ships/ships.csv" - | gzip > ships.csv.gz
