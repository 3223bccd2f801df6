// SPDX-License-Identifier: Apache-2.0
// The part of Vega that the report's pictures use. Vega's own entry registers every transform there is (maps, forces,
// word clouds, Voronoi cells ...); registering only what is drawn makes each report 120 KB smaller.

import {transforms} from 'vega-dataflow';
import * as encode from 'vega-encode';
import * as basic from 'vega-transforms';
import * as view from 'vega-view-transforms';

Object.assign(transforms, basic, view, encode);

export {parse} from 'vega-parser';
export {View} from 'vega-view';
