// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "valence/base/result.h"
#include "valence/serving/side_listener.h"

namespace valence::app {

/// What --grpc-port asks for. Error: kUnimplemented, saying how to get it, of a program that was built without gRPC
/// (rpc_flag_without.cc).
Result<serving::SideListenerOpener> MakeRpcListener(std::uint16_t port);

}  // namespace valence::app
