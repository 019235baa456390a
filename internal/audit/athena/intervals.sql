-- When FIPS mode was on, off or unknown, for each account, Region and principal
-- (empty: the account's default). The rules are those of fipsguard audit, but
-- for what needs digests, and for damaged files, at which Athena stops.
WITH
used AS (
  SELECT eventid, eventname, eventsource, {{epoch "eventtime"}} AS moment,
    coalesce(recipientaccountid, identity_account, regexp_extract(file, '(\d{12})_CloudTrail_', 1)) AS account,
    coalesce(awsregion, regexp_extract(file, 'CloudTrail_([a-z0-9-]+)_', 1)) AS region,
    coalesce(identity_arn, invoked_by, identity_principal, identity_type, 'unknown') AS actor,
    identity_type, identity_arn, issuer,
    {{json "requestparameters" "name"}} AS asked_name, {{json "requestparameters" "value"}} AS asked_value,
    {{json "requestparameters" "principalArn"}} AS asked_principal,
    {{json "responseelements" "setting" "name"}} AS answered_name, {{json "responseelements" "setting" "value"}} AS answered_value,
    {{json "responseelements" "setting" "principalArn"}} AS answered_principal,
    row_number() OVER (PARTITION BY eventid ORDER BY eventtime, file) AS copy
  FROM fipsguard_found
  WHERE coalesce(errorcode, '') = '' AND coalesce(readonly, 'false') <> 'true'
    AND coalesce(eventcategory, 'Management') = 'Management' AND coalesce(eventtype, 'AwsApiCall') = 'AwsApiCall'
    AND (eventsource = 'ecs.amazonaws.com' AND eventname IN ('PutAccountSetting', 'PutAccountSettingDefault', 'DeleteAccountSetting')
      OR eventsource = 'cloudtrail.amazonaws.com' AND eventname IN ('StartLogging', 'StopLogging', 'DeleteTrail'))
),
delivered AS (
  SELECT regexp_extract(file, '(\d{12})_CloudTrail_', 1) AS account, regexp_extract(file, 'CloudTrail_([a-z0-9-]+)_', 1) AS region,
    min({{minute "regexp_extract(file, '_(\\d{8}T\\d{4}Z)_', 1)"}}) AS earliest, max({{minute "regexp_extract(file, '_(\\d{8}T\\d{4}Z)_', 1)"}}) AS latest
  FROM fipsguard_found
  WHERE coalesce(regexp_extract(file, '\d{12}_CloudTrail_[a-z0-9-]+_\d{8}T\d{4}Z_'), '') <> ''
  GROUP BY 1, 2
),
-- Whose value a record is about.
targets AS (
  SELECT *, coalesce(asked_principal, answered_principal, '') AS target
  FROM used
  WHERE copy = 1 AND eventsource = 'ecs.amazonaws.com'
    AND (lower(asked_name) = 'fargatefipsmode' OR lower(answered_name) = 'fargatefipsmode' OR asked_name IS NULL AND answered_name IS NULL)
),
owners AS (
  SELECT *,
    eventname = 'PutAccountSettingDefault' OR target LIKE '%:root' OR target = '' AND coalesce(identity_type, '') = 'Root' AS is_default,
    CASE WHEN target <> '' THEN target
      WHEN identity_type = 'AssumedRole' THEN coalesce(issuer, identity_arn, '')
      WHEN identity_type IN ('IAMUser', 'Role') THEN coalesce(identity_arn, '')
      ELSE '' END AS owner
  FROM targets
),
named AS (
  SELECT *,
    CASE WHEN is_default THEN ''
      WHEN coalesce(regexp_extract(owner, '^arn:[^:]*:sts:[^:]*:[^:]*:assumed-role/.'), '') <> '' THEN
        concat(regexp_extract(owner, '^(arn:[^:]*):sts:', 1), ':iam:', regexp_extract(owner, '^arn:[^:]*:sts:([^:]*:[^:]*):', 1),
          ':role/', regexp_extract(owner, ':assumed-role/([^/]+)', 1))
      WHEN coalesce(regexp_extract(owner, '^arn:[^:]*:[^:]*:[^:]*:[^:]*:(user|role)/.'), '') <> '' THEN owner
      ELSE '' END AS principal
  FROM owners
),
changes AS (
  SELECT account, region, principal, moment, eventid, eventname, actor,
    CASE WHEN NOT is_default AND principal = '' THEN 'unknown'
      WHEN eventname = 'DeleteAccountSetting' THEN CASE WHEN is_default THEN 'off' ELSE 'deleted' END
      WHEN lower(coalesce(asked_value, answered_value)) NOT IN ('enabled', 'on') OR lower(coalesce(answered_value, asked_value)) NOT IN ('enabled', 'on') THEN 'off'
      WHEN coalesce(asked_value, answered_value) IS NULL THEN 'unknown'
      ELSE 'on' END AS says,
    CASE WHEN NOT is_default AND principal = '' THEN 'unclear'
      WHEN eventname = 'DeleteAccountSetting' THEN 'deleted'
      WHEN coalesce(asked_value, answered_value) IS NULL THEN 'omitted'
      ELSE 'set' END AS reason
  FROM named
  WHERE region IN ('us-gov-west-1', 'us-gov-east-1')
),
reach AS (
  SELECT d.account, d.region, d.latest - 3600 AS complete,
    least(d.earliest, coalesce(min(c.moment), d.earliest)) AS begins,
    greatest(least(d.earliest, coalesce(min(c.moment), d.earliest)), d.latest - 3600, coalesce(max(c.moment) + 1, d.latest - 3600)) AS ends
  FROM delivered d LEFT JOIN changes c ON c.account = d.account AND c.region = d.region
  WHERE d.region IN ('us-gov-west-1', 'us-gov-east-1')
  GROUP BY d.account, d.region, d.earliest, d.latest
),
-- Times of which records may be missing.
trails AS (
  SELECT account, moment, eventname, regexp_replace(coalesce(asked_name, ''), '^.*trail/', '') AS trail
  FROM used
  WHERE copy = 1 AND eventsource = 'cloudtrail.amazonaws.com'
),
holes AS (
  SELECT account, region, complete AS begins, 9999999999 AS ends FROM reach
  UNION ALL
  SELECT r.account, r.region, s.moment, coalesce(min(e.moment), 9999999999)
  FROM reach r JOIN trails s ON s.account = r.account AND s.eventname IN ('StopLogging', 'DeleteTrail')
    LEFT JOIN trails e ON e.account = s.account AND e.trail = s.trail AND e.eventname = 'StartLogging' AND e.moment > s.moment
  GROUP BY r.account, r.region, s.moment, s.trail
),
-- The records of one second, together.
seconds AS (
  SELECT account, region, principal, moment, min(eventid) AS least,
    count(DISTINCT says) = 1 AS agree, min(says) AS says,
    min(CASE WHEN says = 'off' THEN eventid END) AS least_off,
    coalesce(lead(moment) OVER (PARTITION BY account, region, principal ORDER BY moment), 9999999999) AS next
  FROM changes
  GROUP BY account, region, principal, moment
),
gaps AS (
  SELECT s.account, s.region, s.principal, s.moment, min(greatest(h.begins, s.moment + 1)) AS gap
  FROM seconds s JOIN holes h ON h.account = s.account AND h.region = s.region AND h.ends > s.moment
  GROUP BY s.account, s.region, s.principal, s.moment
),
stretches AS (
  -- before the first record
  SELECT r.account, r.region, '' AS principal, 0 AS begins, coalesce(min(s.moment), 9999999999) AS ends, 'unknown' AS mode, 'start' AS reason, CAST(NULL AS varchar) AS eventid
  FROM reach r LEFT JOIN seconds s ON s.account = r.account AND s.region = r.region AND s.principal = ''
  GROUP BY r.account, r.region
  UNION ALL
  -- in a second with records
  SELECT account, region, principal, moment, moment + 1,
    CASE WHEN least_off IS NOT NULL THEN 'off' WHEN agree THEN says ELSE 'unknown' END,
    CASE WHEN least_off IS NULL AND NOT agree THEN 'conflict' END, coalesce(least_off, least)
  FROM seconds
  UNION ALL
  -- behind it
  SELECT s.account, s.region, s.principal, s.moment + 1,
    CASE WHEN s.agree AND s.says = 'deleted' THEN s.next ELSE least(s.next, coalesce(g.gap, s.next)) END,
    CASE WHEN s.agree THEN s.says ELSE 'unknown' END, CASE WHEN NOT s.agree THEN 'conflict' END, s.least
  FROM seconds s LEFT JOIN gaps g ON g.account = s.account AND g.region = s.region AND g.principal = s.principal AND g.moment = s.moment
  UNION ALL
  SELECT s.account, s.region, s.principal, g.gap, s.next, 'unknown', 'gap', NULL
  FROM seconds s JOIN gaps g ON g.account = s.account AND g.region = s.region AND g.principal = s.principal AND g.moment = s.moment
  WHERE NOT (s.agree AND s.says = 'deleted')
),
clipped AS (
  SELECT s.account, s.region, s.principal, greatest(s.begins, r.begins) AS begins, least(s.ends, r.ends) AS ends, s.mode,
    coalesce(s.reason, c.reason) AS reason, s.eventid, c.eventname, c.actor
  FROM stretches s JOIN reach r ON r.account = s.account AND r.region = s.region
    LEFT JOIN changes c ON c.account = s.account AND c.region = s.region AND c.principal = s.principal AND c.eventid = s.eventid
  WHERE s.mode <> 'deleted' AND greatest(s.begins, r.begins) < least(s.ends, r.ends)
),
-- Stretches of one mode that touch are one interval.
marked AS (
  SELECT *,
    CASE WHEN lag(mode) OVER (PARTITION BY account, region, principal ORDER BY begins) = mode
      AND lag(ends) OVER (PARTITION BY account, region, principal ORDER BY begins) = begins THEN 0 ELSE 1 END AS starts
  FROM clipped
),
numbered AS (
  SELECT *, sum(starts) OVER (PARTITION BY account, region, principal ORDER BY begins) AS number FROM marked
)
SELECT account, region, principal, {{time "min(begins)"}} AS "from", {{time "max(ends)"}} AS until, min(mode) AS mode,
  min_by(reason, begins) AS reason, min(CASE WHEN starts = 1 THEN eventid END) AS eventid,
  min(CASE WHEN starts = 1 THEN eventname END) AS eventname, min(CASE WHEN starts = 1 THEN actor END) AS actor
FROM numbered
GROUP BY account, region, principal, number
ORDER BY account, region, principal, min(begins);
