package kernel

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// Moment is a time in an answer: AWS JSON writes seconds since 1970.
type Moment struct{ time.Time }

func At(t time.Time) *Moment { return &Moment{t} }

func (m Moment) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(m.UnixMilli())/1000, 'f', 3, 64), nil
}

// WithTimes renders an answer as CloudTrail or EventBridge show it: without
// the seconds of AWS JSON, but with times in a form of their own. All of ECS's
// times, and nothing else that is a number, have names that end in At.
func WithTimes(answer any, form func(time.Time) string) (any, error) {
	data, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	in := json.NewDecoder(strings.NewReader(string(data)))
	in.UseNumber()
	var tree any
	if err := in.Decode(&tree); err != nil {
		return nil, err
	}
	rewriteTimes(tree, form)
	return tree, nil
}

func rewriteTimes(tree any, form func(time.Time) string) {
	switch node := tree.(type) {
	case []any:
		for _, member := range node {
			rewriteTimes(member, form)
		}
	case map[string]any:
		for name, member := range node {
			number, isNumber := member.(json.Number)
			if !isNumber || !strings.HasSuffix(name, "At") {
				rewriteTimes(member, form)
				continue
			}
			if seconds, err := number.Float64(); err == nil {
				node[name] = form(time.UnixMilli(int64(math.Round(seconds * 1000))).UTC())
			}
		}
	}
}

// TrailTime is how CloudTrail writes the times inside requests and answers:
// for people, with a narrow no-break space.
func TrailTime(t time.Time) string { return t.Format("Jan 2, 2006, 3:04:05\u202fPM") }

// EventTime is how ECS writes times in its own events.
func EventTime(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z") }
