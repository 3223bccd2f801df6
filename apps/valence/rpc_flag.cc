// SPDX-License-Identifier: Apache-2.0
#include "rpc_flag.h"

#include "valence/rpc/rpc_listener.h"

namespace valence::app {

Result<serving::SideListenerOpener> MakeRpcListener(std::uint16_t port) { return rpc::OpenOn(port); }

}  // namespace valence::app
