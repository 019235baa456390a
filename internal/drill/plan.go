package drill

// NotTried is what no drill tries, and why.
const NotTried = "A drill does not try ECS Managed Instances: a capacity provider with FIPS mode off cannot be turned on again, only replaced. Scans read those that are there."

// Plan is what a drill would do.
type Plan struct {
	Common []Call // of every drill
	Steps  []Step
}

// PlanOf is the plan of a drill with some options.
func PlanOf(o Options) Plan {
	common := append(entry(), reads()...)
	if o.Signed {
		common = append(common, signing()...)
	}
	return Plan{Common: common, Steps: o.Steps()}
}
