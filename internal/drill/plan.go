package drill

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
