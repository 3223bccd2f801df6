# SPDX-License-Identifier: Apache-2.0
"""Media types that schemathesis does not know by itself (loaded through SCHEMATHESIS_HOOKS)."""
import schemathesis

schemathesis.serializer.alias("application/x-ndjson", "text/plain")


@schemathesis.deserializer("application/x-amz-json-1.1")
def read_amazon_json(ctx, response):
    return response.json()
