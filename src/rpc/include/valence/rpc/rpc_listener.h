// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "valence/serving/side_listener.h"

namespace valence::rpc {

/// Opens gRPC on `port` (0 picks a free one): inference.GRPCInferenceService, grpc.health.v1.Health and reflection.
/// What it calls comes from the opener's arguments, host and certificates included. Errors: kUnavailable if the port
/// cannot be had, kInvalidArgument for a host that is no address; as ReadFile for the certificates.
serving::SideListenerOpener OpenOn(std::uint16_t port);

}  // namespace valence::rpc
