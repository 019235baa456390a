package guard

// State is what one thing is, recorded in an event or a log or observed
// through the API now: the same type for both. It is one of Setting,
// TaskDefinition, Task, Service, CapacityProvider, KernelCheck, Exposure, Witness, Component, Canaries,
// PolicyDocument and OffPeriod.
type State interface {
	// Subject names the thing: its ARN, or for a setting
	// fargateFIPSMode@ACCOUNT/REGION[/PRINCIPAL].
	Subject() string
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}
