-- CloudTrail's log files as a table. Its partitions are computed from the paths:
-- nothing has to be loaded, and a query that names accounts, Regions and days
-- reads those only.
CREATE EXTERNAL TABLE IF NOT EXISTS fipsguard_logs (
  eventversion string,
  useridentity struct<
    type: string, principalid: string, arn: string, accountid: string, invokedby: string, accesskeyid: string, username: string,
    sessioncontext: struct<
      attributes: struct<mfaauthenticated: string, creationdate: string>,
      sessionissuer: struct<type: string, principalid: string, arn: string, accountid: string, username: string>>>,
  eventtime string,
  eventsource string,
  eventname string,
  awsregion string,
  sourceipaddress string,
  useragent string,
  errorcode string,
  errormessage string,
  requestparameters string,
  responseelements string,
  additionaleventdata string,
  requestid string,
  eventid string,
  readonly string,
  eventtype string,
  recipientaccountid string,
  eventcategory string
)
PARTITIONED BY (account string, region string, day string)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION '{{.Location}}'
TBLPROPERTIES (
  'projection.enabled' = 'true',
{{- if .Accounts}}
  'projection.account.type' = 'enum',
  'projection.account.values' = '{{join .Accounts ","}}',
{{- else}}
  'projection.account.type' = 'injected', -- a query has to say: WHERE account IN ('111122223333')
{{- end}}
  'projection.region.type' = 'enum',
  'projection.region.values' = 'us-gov-west-1,us-gov-east-1',
  'projection.day.type' = 'date',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.range' = '{{.Since}},NOW',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'storage.location.template' = '{{.Location}}${account}/CloudTrail/${region}/${day}'
);
