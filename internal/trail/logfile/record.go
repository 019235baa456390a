package logfile

import "fipsguard/internal/trail/logfile/kept"

// What is kept of a record.
type (
	Record   = kept.Record
	Identity = kept.Identity
	Request  = kept.Request
	Setting  = kept.Setting
	Tasks    = kept.Tasks
)

// wanted reports whether records of a call are kept.
func wanted(source, name []byte) bool {
	switch string(source) {
	case "ecs.amazonaws.com":
		return ofECS(name)
	case "cloudtrail.amazonaws.com":
		return ofCloudTrail(name)
	}
	return false
}

// ofECS reports whether a name is that of a call of ECS that changes the
// setting or launches tasks.
func ofECS(name []byte) bool {
	switch string(name) {
	case "PutAccountSetting", "PutAccountSettingDefault", "DeleteAccountSetting", "RunTask", "StartTask":
		return true
	}
	return false
}

// ofCloudTrail reports whether a name is that of a call of CloudTrail that may
// change what is logged.
func ofCloudTrail(name []byte) bool {
	switch string(name) {
	case "StartLogging", "StopLogging", "DeleteTrail", "PutEventSelectors", "UpdateTrail":
		return true
	}
	return false
}
