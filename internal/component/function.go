package component

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// function is what one of CloudFormation's functions answers.
func (r resolver) function(name string, of any) (any, error) {
	list, _ := of.([]any)
	switch name {
	case "Ref":
		text, _ := of.(string)
		if text == noValue {
			return nothing{}, nil
		}
		return r.named(text)
	case "Fn::GetAtt":
		if len(list) == 2 {
			return r.named(fmt.Sprintf("%v.%v", list[0], list[1]))
		}
	case "Fn::Sub":
		if text, ok := of.(string); ok {
			return r.substituted(text, nil)
		}
		if text, ok := first(list).(string); ok && len(list) == 2 {
			own, _ := list[1].(map[string]any)
			return r.substituted(text, own)
		}
	case "Fn::Select":
		if len(list) == 2 {
			return r.selected(list[0], list[1])
		}
	case "Fn::Split":
		if len(list) == 2 {
			return r.split(list[0], list[1])
		}
	case "Fn::Join":
		if len(list) == 2 {
			return r.joined(list[0], list[1])
		}
	case "Fn::If":
		if condition, ok := first(list).(string); ok && len(list) == 3 {
			holds, err := r.holds(condition)
			if err != nil {
				return nil, err
			}
			if holds {
				return r.value(list[1])
			}
			return r.value(list[2])
		}
	}
	return nil, fmt.Errorf("the self-check does not know what %s answers", name)
}

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// substituted puts values in the place of names, first those of the function's own.
func (r resolver) substituted(text string, own map[string]any) (string, error) {
	var failed error
	filled := placeholder.ReplaceAllStringFunc(text, func(match string) string {
		name := match[2 : len(match)-1]
		value, err := "", error(nil)
		if given, ok := own[name]; ok {
			value, err = r.text(given)
		} else {
			value, err = r.named(name)
		}
		if err != nil {
			failed = err
		}
		return value
	})
	return strings.ReplaceAll(filled, "${!", "${"), failed
}

func (r resolver) joined(separator, parts any) (string, error) {
	resolved, err := r.value(parts)
	if err != nil {
		return "", err
	}
	list, _ := resolved.([]any)
	texts := make([]string, len(list))
	for i, part := range list {
		texts[i] = fmt.Sprint(part)
	}
	return strings.Join(texts, fmt.Sprint(separator)), nil
}

func (r resolver) split(separator, text any) (any, error) {
	whole, err := r.text(text)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for part := range strings.SplitSeq(whole, fmt.Sprint(separator)) {
		list = append(list, part)
	}
	return list, nil
}

func (r resolver) selected(index, of any) (any, error) {
	resolved, err := r.value(of)
	if err != nil {
		return nil, err
	}
	list, _ := resolved.([]any)
	i, err := strconv.Atoi(fmt.Sprint(index))
	if err != nil || i < 0 || i >= len(list) {
		return nil, errors.New("nothing can be selected")
	}
	return list[i], nil
}

// holds reports whether a condition of the template is true.
func (r resolver) holds(condition string) (bool, error) { return r.truth(r.Conditions[condition]) }

func (r resolver) truth(expression any) (bool, error) {
	of, _ := expression.(map[string]any)
	if name, ok := of["Condition"].(string); ok {
		return r.holds(name)
	}
	for name, arguments := range of {
		list, _ := arguments.([]any)
		switch {
		case name == "Fn::Equals" && len(list) == 2:
			both, err := r.value(list)
			if err != nil {
				return false, err
			}
			pair, _ := both.([]any)
			return len(pair) == 2 && fmt.Sprint(pair[0]) == fmt.Sprint(pair[1]), nil
		case name == "Fn::Not" && len(list) == 1:
			holds, err := r.truth(list[0])
			return !holds, err
		case name == "Fn::And", name == "Fn::Or":
			return r.several(list, name == "Fn::And")
		}
	}
	return false, errors.New("the self-check does not understand a condition of the template")
}

func (r resolver) several(list []any, all bool) (bool, error) {
	for _, one := range list {
		holds, err := r.truth(one)
		if err != nil || holds != all {
			return holds, err
		}
	}
	return all, nil
}
