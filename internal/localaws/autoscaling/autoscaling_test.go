package autoscaling_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"fipsguard/internal/localaws"
	"fipsguard/internal/localaws/localtest"
)

// TestScalableTargets speaks the protocol by hand: the guard has no client of
// Application Auto Scaling's SDK.
func TestScalableTargets(t *testing.T) {
	a := localtest.Start(t, localaws.Options{})
	for _, least := range []int{1, 2} {
		if err := a.SetScalableTarget(localtest.West, localaws.ScalableTarget{ResourceID: "service/default/shop", MinCapacity: least, MaxCapacity: 9}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.SetScalableTarget("eu-west-1", localaws.ScalableTarget{}); err == nil {
		t.Error("a target was registered outside the account's Regions")
	}
	ask := func(body string) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.Endpoint(), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Amz-Target", "AnyScaleFrontendService.DescribeScalableTargets")
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+localaws.Everyone().Guard.AccessKeyID+"/20261102/us-gov-west-1/application-autoscaling/aws4_request, Signature=0")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(answer)
	}
	got := ask(`{"ServiceNamespace":"ecs","ResourceIds":["service/default/shop"]}`)
	if strings.Count(got, "ResourceId") != 1 || !strings.Contains(got, `"MinCapacity":2,"MaxCapacity":9`) || !strings.Contains(got, `"ScalableDimension":"ecs:service:DesiredCount"`) {
		t.Errorf("targets of the service: %s", got)
	}
	if got := ask(`{"ServiceNamespace":"ecs","ResourceIds":["service/default/other"]}`); got != `{"ScalableTargets":[]}` {
		t.Errorf("targets of another service: %s", got)
	}
	if got := ask(`{}`); !strings.Contains(got, "ValidationException") {
		t.Errorf("targets of no namespace: %s", got)
	}
}
