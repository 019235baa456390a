package product

// The names of the guard's CloudWatch metrics, in the namespace Name. Those of
// the first group come in total and by rule, all others in total only.
const (
	Findings            = "Findings"            // violations and unknowns, count
	Remediations        = "Remediations"        // fixes that hold, count
	RemediationFailures = "RemediationFailures" // fixes not known to hold, count
	RemediationLatency  = "RemediationLatency"  // from the event to AWS's answer to the fix, milliseconds

	Looks = "Looks" // scans whose read of the setting AWS answered, count: the heartbeat

	// A canary: a call that the verifier makes to try whether the enforcer
	// receives events.
	CanaryReceived = "CanaryReceived" // by the enforcer: from CloudTrail's time of the call until then, milliseconds
	CanarySent     = "CanarySent"     // no metric: that time, in the same line of the log

	// Running tasks in scope of FIPS mode, counts.
	TasksProven       = "TasksProven"       // their kernel is in FIPS mode
	TasksRefuted      = "TasksRefuted"      // their kernel is not
	TasksUnverifiable = "TasksUnverifiable" // their kernel could not be checked
	TasksNotAttempted = "TasksNotAttempted" // their kernel was not checked yet
	TasksExposed      = "TasksExposed"      // launched while FIPS mode was off
)
