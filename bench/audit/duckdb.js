// Finds the records that a timeline needs with DuckDB, and prints how many.
// Only the members that are used are typed: its fastest way.
const { DuckDBInstance } = require('@duckdb/node-api');
(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const reader = await connection.runAndReadAll(`
    SELECT r.recipientAccountId, r.awsRegion, r.eventTime, r.eventID, r.eventName, r.userIdentity.arn, r.requestParameters, r.responseElements
    FROM (SELECT unnest(Records) AS r FROM read_json('${process.argv[2]}/AWSLogs/*/CloudTrail/**/*.json.gz', maximum_object_size = 67108864, columns = {Records:
      'STRUCT(recipientAccountId VARCHAR, awsRegion VARCHAR, eventTime VARCHAR, eventID VARCHAR, eventSource VARCHAR, eventName VARCHAR, errorCode VARCHAR,
        readOnly BOOLEAN, userIdentity STRUCT(arn VARCHAR), requestParameters JSON, responseElements JSON)[]'}))
    WHERE (r.eventSource = 'ecs.amazonaws.com' AND r.eventName IN ('PutAccountSetting', 'PutAccountSettingDefault', 'DeleteAccountSetting', 'RunTask', 'StartTask')
        OR r.eventSource = 'cloudtrail.amazonaws.com' AND r.eventName IN ('StopLogging', 'DeleteTrail', 'StartLogging'))
      AND coalesce(r.errorCode, '') = '' AND NOT coalesce(r.readOnly, false)`);
  console.log(reader.getRows().length);
})();
