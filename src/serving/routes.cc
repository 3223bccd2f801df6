// SPDX-License-Identifier: Apache-2.0
#include "routes.h"

#include "batch.h"
#include "feedback.h"
#include "operations.h"
#include "page_routes.h"
#include "protocols/huggingface.h"
#include "protocols/kserve_v1.h"
#include "protocols/oip.h"
#include "protocols/sagemaker.h"
#include "protocols/v1.h"

namespace valence::serving {
namespace {

Router MakeRoutes() {
  Router router;
  AddPageRoutes(&router);
  AddOperationsRoutes(&router);
  AddV1Routes(&router);
  AddFeedbackRoutes(&router);
  AddBatchRoutes(&router);
  AddOipRoutes(&router);
  AddKServeV1Routes(&router);
  AddInvocationsRoutes(&router);
  AddHuggingFaceRoutes(&router);
  return router;
}

}  // namespace

const Router& Routes() {
  static const Router router = MakeRoutes();
  return router;
}

}  // namespace valence::serving
