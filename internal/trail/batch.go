package trail

import "fipsguard/internal/guard"

// batchTags are what AWS Batch says of a task in the tags with which it runs it;
// nil when there are none of its own.
func batchTags(tags list[object[attribute]]) *guard.Batch {
	var b guard.Batch
	for _, t := range tags {
		switch t.orZero().Key {
		case "aws:batch:job-queue":
			b.JobQueue = lastPart(string(t.value.Value))
		case "aws:batch:compute-environment":
			b.ComputeEnvironment = lastPart(string(t.value.Value))
		}
	}
	return given(b)
}

// batch is what AWS Batch says of a task in its containers' environment. Nothing
// else is read from there.
func (t task) batch() *guard.Batch {
	var b guard.Batch
	for _, c := range t.Overrides.orZero().Containers {
		for _, e := range c.orZero().Environment {
			switch e.orZero().Name {
			case "AWS_BATCH_JQ_NAME":
				b.JobQueue = string(e.value.Value)
			case "AWS_BATCH_CE_NAME":
				b.ComputeEnvironment = string(e.value.Value)
			}
		}
	}
	return given(b)
}

func given(b guard.Batch) *guard.Batch {
	if b == (guard.Batch{}) {
		return nil
	}
	return &b
}
