"""Starts MiniStack, and mends what it lacks. Every workaround for a fault of the emulator is here.

1. Three condition keys that roles here depend on. With AUTH=true it verifies signatures and judges each request by the role of its function, as AWS does, but it knows neither
aws:RequestedRegion, dynamodb:LeadingKeys nor cloudwatch:namespace. They are read from the request as the service authorization reference says:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html

2. The address of an HTTP API. It answers ID.execute-api.localhost, which no resolver knows, and answers /health itself there. The
same API answers under /_aws/execute-api/ID/$default, which is handed out in place of it.

3. Plain HTTP. The emulator has no certificate, and the topics of this stack take no message over plain HTTP: what comes over
loopback counts as if it had come over TLS.

4. Saved queries. CloudFormation's AWS::Logs::QueryDefinition is refused as unknown: it is taken, and nothing is made of it.

5. Templates of removed stacks. GetTemplate answers that of a stack that is gone when it is asked by name, where AWS wants its id:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html

6. The role of a schedule. It is not asked whether it may invoke: its policies are looked at here.

7. Log groups. A function that still runs when its stack is removed would make its group anew, which AWS does by the right
logs:CreateLogGroup alone, and no role here has it.
"""

import gzip
import json
import os
import re
import runpy
from urllib.parse import parse_qs

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_region
from ministack.services import cloudwatch_logs, eventbridge, lambda_svc
from ministack.services.cloudformation import handlers, provisioners


def parse(body):
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        return {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
    return parsed if isinstance(parsed, dict) else {}


def leading_keys(request):
    """The partition keys that a request names: of its key, of its item, or of its key condition."""
    keys = [request.get("Key"), request.get("Item")]
    for items in (request.get("RequestItems") or {}).values():
        for item in items.get("Keys", []) if isinstance(items, dict) else [next(iter(one.values())) for one in items]:
            keys.append(item.get("Item") or item.get("Key") or item)
    named = [str(next(iter(key["pk"].values()))) for key in keys if key and "pk" in key]
    condition = request.get("KeyConditionExpression", "")
    for placeholder in re.findall(r"(?:#\w+|\bpk)\s*=\s*(:\w+)", condition)[:1]:
        named.append(str(next(iter(request["ExpressionAttributeValues"][placeholder].values()))))
    return named


dynamodb_context = iam_actions.dynamodb_service_context
tag_context = iam_actions.request_tag_context


def with_leading_keys(body):
    named = leading_keys(parse(body))
    return {**dynamodb_context(body), **({"dynamodb:LeadingKeys": named} if named else {})}


def with_namespace(service, iam_action, body, params):
    context = {**tag_context(service, iam_action, body, params), "aws:RequestedRegion": get_region()}
    if iam_action == "cloudwatch:PutMetricData":
        context["cloudwatch:namespace"] = parse(body).get("Namespace", "")
    return context


api = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]


def with_path(make):
    def made(*args, **options):
        api_id, attributes = make(*args, **options)
        address = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/_aws/execute-api/{api_id}/$default"
        return api_id, {**attributes, "ApiEndpoint": address}

    return made


def get_template(params):
    stack = handlers._resolve_stack(handlers._p(params, "StackName"))
    if stack and stack.get("StackStatus") == "DELETE_COMPLETE" and not handlers._p(params, "StackName").startswith("arn:"):
        return handlers._error("ValidationError", f"Stack with id {stack['StackName']} does not exist")
    return answer_template(params)


def may_invoke(role, function):
    account, region = role.split(":")[4], function.split(":")[3]
    context = iam_evaluator.EvalContext(role, "AssumedRole", account, "lambda:InvokeFunction", function, region)
    policies = iam_evaluator._gather_role_policies(role.rsplit("/", 1)[-1], account)
    return iam_evaluator.evaluate(context, policies).decision == "Allow"


def invoke_by_role(target, event, *args):
    if event["Source"] == "aws.scheduler" and not may_invoke(target["RoleArn"], target["Arn"]):
        return None
    return invoke_target(target, event, *args)


def write_where_a_group_is(function, *args, **options):
    name = (function.get("config") or function)["FunctionName"]
    return write_logs(function, *args, **options) if f"/aws/lambda/{name}" in cloudwatch_logs._log_groups else None


write_logs = lambda_svc._emit_lambda_logs
lambda_svc._emit_lambda_logs = write_where_a_group_is
invoke_target = eventbridge._invoke_target
eventbridge._invoke_target = invoke_by_role
answer_template = handlers._ACTION_HANDLERS["GetTemplate"]
handlers._ACTION_HANDLERS["GetTemplate"] = get_template
pin_origin = iam_evaluator.pin_request_origin
iam_evaluator.pin_request_origin = lambda source_ip, _secure: pin_origin(source_ip, True)
provisioners._RESOURCE_HANDLERS["AWS::Logs::QueryDefinition"] = {
    "create": lambda logical_id, _props, _stack: (logical_id, {"QueryDefinitionId": logical_id}),
    "delete": lambda _physical_id, _props: None,
}
api.update({name: with_path(api[name]) for name in ("create", "update") if name in api})
iam_actions.dynamodb_service_context = with_leading_keys
iam_actions.request_tag_context = with_namespace

if __name__ == "__main__":
    runpy.run_module("ministack", run_name="__main__")
