// SPDX-License-Identifier: Apache-2.0
#include "model_loading.h"

#include <fmt/format.h>

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
  VALENCE_TRY(loaded.trained, pipeline::LoadTrained(loaded.source.file));
  if (!loaded.source.digest.empty() && loaded.source.digest != "sha256:" + loaded.trained.digest) {
    return DataCorrupt(fmt::format("{} is not the model that was registered: expected {}, got sha256:{}", uri,
                                   loaded.source.digest, loaded.trained.digest));
  }
  return loaded;
}

}  // namespace valence::app
