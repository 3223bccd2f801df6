// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <utility>

#include "rest_client.h"
#include "rest_registry.h"
#include "rest_store.h"
#include "valence/tracking/stores.h"

namespace valence::tracking {

Result<Stores> OpenRest(const RestOptions& options) {
  VALENCE_TRY(std::shared_ptr<internal::RestClient> client, internal::RestClient::Make(options));
  return Stores{std::make_shared<internal::RestStore>(client), std::make_shared<internal::RestRegistry>(client)};
}

}  // namespace valence::tracking
