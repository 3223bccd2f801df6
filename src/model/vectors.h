// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

/// Dense vector operations on all threads, with sums in a fixed order.
namespace valence::model {

double Dot(std::span<const double> a, std::span<const double> b);
double MaxAbs(std::span<const double> a);
/// y += alpha * x.
void AddScaled(double alpha, std::span<const double> x, std::span<double> y);

}  // namespace valence::model
