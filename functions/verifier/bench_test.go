package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"fipsguard/internal/evidence"
	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/functiontest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// BenchmarkScan lets the function scan 10,000 tasks in 50 clusters hourly,
// behind ECS's throttle buckets and with sessions of a second as in AWS, in
// real time, and prints what memory its process took at most.
func BenchmarkScan(b *testing.B) {
	const clusters, services, tasks = 50, 4, 50
	bootstrap := functiontest.Build(b, ".")
	d := deployed{functiontest.New(b, localaws.Options{Throttling: true, ExecTime: time.Second})}
	for c := range clusters {
		name := fmt.Sprintf("cluster-%02d", c)
		if _, err := d.Admin.CreateCluster(b.Context(), &ecs.CreateClusterInput{ClusterName: aws.String(name), CapacityProviders: []string{"FARGATE"}}); err != nil {
			b.Fatal(err)
		}
		for s := range services {
			family := fmt.Sprintf("web-%d", s)
			if c == 0 {
				d.register(b, family)
			}
			d.serve(b, name, family, tasks)
		}
	}
	if err := d.Advance(b.Context(), 5*time.Minute); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		f := d.function(b, bootstrap)
		started := time.Now()
		ctx, cancel := context.WithTimeout(b.Context(), 15*time.Minute) // as the stack has it
		if _, err := f.Invoke(ctx, []byte(`{"look":"hourly"}`)); err != nil {
			b.Fatalf("%v\n%s", err, f.Printed())
		}
		cancel()
		f.Close()
		reports := d.reports(b)
		last := reports[len(reports)-1]
		if want := (evidence.Kernels{Off: 200, NotCheckedYet: clusters*services*tasks - 200}); last.Kernels != want {
			b.Fatalf("the report has %+v, want %+v", last.Kernels, want)
		}
		b.ReportMetric(float64(f.PeakMemory())/(1<<20), "MiB-at-most")
		b.ReportMetric(time.Since(started).Seconds(), "s-of-a-scan")
	}
}

func (d deployed) register(t testing.TB, family string) {
	t.Helper()
	_, err := d.Admin.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String(family), RequiresCompatibilities: []types.Compatibility{types.CompatibilityFargate},
		NetworkMode: types.NetworkModeAwsvpc, Cpu: aws.String("256"), Memory: aws.String("512"),
		ContainerDefinitions: []types.ContainerDefinition{{Name: aws.String("main"), Image: aws.String("x")}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (d deployed) serve(t testing.TB, cluster, family string, tasks int) {
	t.Helper()
	_, err := d.Admin.CreateService(t.Context(), &ecs.CreateServiceInput{
		Cluster: aws.String(cluster), ServiceName: aws.String(family), TaskDefinition: aws.String(family), DesiredCount: aws.Int32(int32(tasks)),
		LaunchType: types.LaunchTypeFargate, EnableExecuteCommand: true,
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-0123456789abcdef0"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Advance(t.Context(), time.Second); err != nil { // for the throttle bucket
		t.Fatal(err)
	}
}
