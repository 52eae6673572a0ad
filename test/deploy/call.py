"""Makes one call of an AWS API and prints its answer: call.py SERVICE OPERATION JSON. Pages are followed where there are any."""

import json
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

service, operation, given = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
client = boto3.client(service)
try:
    if client.can_paginate(operation):
        answer = client.get_paginator(operation).paginate(**given).build_full_result()
    else:
        answer = getattr(client, operation)(**given)
except (BotoCoreError, ClientError) as error:
    sys.exit(str(error))
for name, value in list(answer.items()):
    if hasattr(value, "read"):
        answer[name] = value.read().decode()
answer.pop("ResponseMetadata", None)
json.dump(answer, sys.stdout, default=str)
