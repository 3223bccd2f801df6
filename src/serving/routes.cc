// SPDX-License-Identifier: Apache-2.0
#include "routes.h"

#include "operations.h"
#include "page_routes.h"
#include "protocols/v1.h"

namespace valence::serving {
namespace {

Router MakeRoutes() {
  Router router;
  AddPageRoutes(&router);
  AddOperationsRoutes(&router);
  AddV1Routes(&router);
  return router;
}

}  // namespace

const Router& Routes() {
  static const Router router = MakeRoutes();
  return router;
}

}  // namespace valence::serving
