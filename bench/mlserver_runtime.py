# SPDX-License-Identifier: Apache-2.0
"""seed_model.py as a runtime of MLServer (Open Inference Protocol v2), for bench/rivals.py."""
from mlserver import MLModel
from mlserver.codecs import StringCodec
from mlserver.types import InferenceRequest, InferenceResponse
from seed_model import SeedModel


class Sentiment(MLModel):
    async def load(self) -> bool:
        self.model = SeedModel(self.settings.parameters.uri)
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        answers = self.model.predict(StringCodec.decode_input(payload.inputs[0]))
        labels = StringCodec.encode_output("label", [label for label, _ in answers])
        return InferenceResponse(model_name=self.name, outputs=[labels])
