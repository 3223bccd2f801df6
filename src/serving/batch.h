// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "valence/net/http_server.h"

namespace valence::serving {

class Router;
struct ServiceCore;

/// Takes the body of a POST /v1/batch as it arrives; nullptr for any other request.
std::unique_ptr<net::HttpStream> OpenBatch(ServiceCore& core, int thread, const net::HttpRequest& request);

/// The same route for callers that bring a body whole.
void AddBatchRoutes(Router* router);

}  // namespace valence::serving
