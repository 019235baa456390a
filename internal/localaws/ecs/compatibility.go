package ecs

import (
	"slices"
	"strconv"
	"strings"

	"fipsguard/internal/localaws/kernel"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// computeCompatibilities finds out where a definition can run, whatever was
// asked for, and refuses what was asked for and cannot be. It normalises the
// size, as ECS does.
func (d *taskDefinition) computeCompatibilities() error {
	platform := platformOf(d.RuntimePlatform)
	computed := []types.Compatibility{types.CompatibilityEc2}
	if d.NetworkMode != types.NetworkModeAwsvpc && !platform.isWindows() {
		computed = append(computed, types.CompatibilityExternal)
	}
	notFargate := d.fitForFargate(platform)
	if notFargate == nil {
		computed = append(computed, types.CompatibilityFargate)
	}
	if !platform.isWindows() && (d.NetworkMode == types.NetworkModeAwsvpc || d.NetworkMode == types.NetworkModeHost) {
		computed = append(computed, types.CompatibilityManagedInstances)
	}
	for _, asked := range d.RequiresCompatibilities {
		switch {
		case !slices.Contains(asked.Values(), asked):
			return kernel.InvalidParameter("Invalid requiresCompatibilities %q.", asked)
		case asked == types.CompatibilityFargate && notFargate != nil:
			return notFargate
		case !slices.Contains(computed, asked):
			return clientException("The task definition is not compatible with %s.", asked)
		}
	}
	d.Compatibilities = computed
	return nil
}

// fitForFargate is an error that says why a definition cannot run on Fargate.
func (d *taskDefinition) fitForFargate(p platform) error {
	if d.NetworkMode != types.NetworkModeAwsvpc {
		return clientException("Fargate only supports network mode 'awsvpc'.")
	}
	if d.PidMode == types.PidModeHost || d.IpcMode != "" {
		return clientException("Fargate does not support this pidMode or ipcMode.")
	}
	if p.isWindows() && slices.Contains([]types.OSFamily{"WINDOWS_SERVER_2016_FULL", "WINDOWS_SERVER_2004_CORE", "WINDOWS_SERVER_20H2_CORE"}, p.system) {
		return clientException("Fargate does not support %s.", p.system)
	}
	askedCPU, askedMemory := aws.ToString(d.Cpu), aws.ToString(d.Memory)
	cpu, cpuOK := quantity(askedCPU, "vcpu")
	memory, memoryOK := quantity(askedMemory, "gb")
	if askedCPU == "" || askedMemory == "" {
		return clientException("Fargate requires that 'cpu' and 'memory' be defined at the task level.")
	}
	if !cpuOK || !memoryOK || !fargateSize(cpu, memory) {
		return clientException("No Fargate configuration exists for given values: %s CPU, %s memory.", askedCPU, askedMemory)
	}
	d.Cpu, d.Memory = aws.String(strconv.Itoa(cpu)), aws.String(strconv.Itoa(memory))
	return nil
}

// quantity reads CPU units or MiB, such as "512", or a number of a unit that
// holds 1024 of them, such as "0.5 vCPU" or "1GB".
func quantity(text, unit string) (int, bool) {
	number, inUnits := strings.CutSuffix(strings.ToLower(strings.TrimSpace(text)), unit)
	if !inUnits {
		n, err := strconv.Atoi(number)
		return n, err == nil
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	return int(n * 1024), err == nil
}

// fargateSize says whether Fargate has a size (developer guide, "Task CPU and
// memory").
func fargateSize(cpu, memory int) bool {
	const gb = 1024
	within := func(low, high, step int) bool {
		return low*gb <= memory && memory <= high*gb && memory%(step*gb) == 0
	}
	switch cpu {
	case 256:
		return memory == 512 || within(1, 2, 1)
	case 512:
		return within(1, 4, 1)
	case 1024:
		return within(2, 8, 1)
	case 2048:
		return within(4, 16, 1)
	case 4096:
		return within(8, 30, 1)
	case 8192:
		return within(16, 60, 4)
	case 16384:
		return within(32, 120, 8)
	}
	return false
}

// clientException is ECS's code for what the caller did wrong but in a
// parameter's form.
func clientException(format string, args ...any) *kernel.Error {
	return kernel.ClientError("ClientException", format, args...)
}
