// SPDX-License-Identifier: Apache-2.0
#include "model_loading.h"

#include "registering.h"

namespace valence::app {

Result<LoadedModel> LoadModel(const std::string& uri, Progress& progress) {
  VALENCE_TRY(const registry::ModelUri parsed, registry::ParseModelUri(uri));
  LoadedModel loaded;
  const auto open = [] { return OpenStoresWithRegistry({}); };
  auto fetched = registry::FetchModel(parsed, open, "data/cache/models", progress);
  if (!fetched) {
    // What a server or registry says is not the user's input data.
    return parsed.needs_stores() ? AsEnvironment(std::move(fetched).error()) : std::move(fetched).error();
  }
  loaded.source = std::move(*fetched);
  VALENCE_TRY(loaded.trained, pipeline::LoadFetched(loaded.source, uri));
  return loaded;
}

}  // namespace valence::app
