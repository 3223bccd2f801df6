// SPDX-License-Identifier: Apache-2.0
// Away from the parser: what reads only a tree (a model file, in libvalence.so) links no yaml-cpp.
#include <algorithm>

#include "valence/base/yaml.h"

namespace valence {

const Yaml* Yaml::Find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(), [key](const auto& m) { return m.first == key; });
  return found == members.end() ? nullptr : &found->second;
}

}  // namespace valence
