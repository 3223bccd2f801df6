// SPDX-License-Identifier: Apache-2.0
#include "rpc_flag.h"

namespace valence::app {

Result<serving::SideListenerOpener> MakeRpcListener(std::uint16_t /*port*/) {
  return Unimplemented(
      "--grpc-port: this program was built without gRPC; 'make grpc' builds build/grpc/bin/valence, which has it "
      "(CMake: -DVALENCE_WITH_GRPC=ON)");
}

}  // namespace valence::app
