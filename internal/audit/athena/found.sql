-- The records that matter, and one of each file, to know when files were
-- delivered: the only statement that reads the log files.
CREATE TABLE fipsguard_found AS
SELECT eventid, eventtime, eventsource, eventname, errorcode, readonly, eventtype, eventcategory, awsregion, recipientaccountid,
  identity_type, identity_arn, identity_account, identity_principal, invoked_by, issuer, requestparameters, responseelements, file
FROM (
  SELECT *, row_number() OVER (PARTITION BY file ORDER BY eventid) AS position
  FROM (
    {{.Records}}
  ) AS all_records
) AS numbered_records
WHERE position = 1
  OR eventsource = 'ecs.amazonaws.com' AND eventname IN ('PutAccountSetting', 'PutAccountSettingDefault', 'DeleteAccountSetting')
  OR eventsource = 'cloudtrail.amazonaws.com' AND eventname IN ('StartLogging', 'StopLogging', 'DeleteTrail');
