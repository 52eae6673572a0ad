"""A moto in this process: makes what a stack has, says where it answers, and prints what was really sent to it when asked.

Reads lines from stdin: `dump` prints one JSON object a line, anything else ends it.
"""

import base64
import json
import sys

import boto3
from moto.cloudwatch.models import cloudwatch_backends
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.server import ThreadedMotoServer
from moto.sns.models import sns_backends

region = "us-east-1"
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f"http://{host}:{port}"
keys = {"region_name": region, "endpoint_url": endpoint, "aws_access_key_id": "x", "aws_secret_access_key": "x"}
topic = boto3.client("sns", **keys).create_topic(Name="shop-test-alerts")["TopicArn"]
boto3.client("dynamodb", **keys).create_table(
    TableName="shop-test-ledger",
    BillingMode="PAY_PER_REQUEST",
    AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
)
print(json.dumps({"endpoint": endpoint, "topic": topic}), flush=True)


def plain(value):
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return str(value)


def datums():
    for one in cloudwatch_backends[DEFAULT_ACCOUNT_ID][region].metric_data:
        yield {
            "namespace": one.namespace,
            "name": one.name,
            "value": one.value,
            "unit": one.unit,
            "at": one.timestamp.timestamp() * 1000,
            "dimensions": {each.name: each.value for each in one.dimensions},
        }


def published():
    for message_id, text, subject, attributes, _group in (
        sns_backends[DEFAULT_ACCOUNT_ID][region].topics[topic].sent_notifications
    ):
        yield {"id": message_id, "text": text, "subject": subject, "attributes": attributes}


def items():
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][region].tables["shop-test-ledger"]
    for item in table.all_items():
        yield item.to_json()["Attributes"]


for line in sys.stdin:
    if line.strip() != "dump":
        break
    print(
        json.dumps({"datums": list(datums()), "published": list(published()), "items": list(items())}, default=plain),
        flush=True,
    )
server.stop()
