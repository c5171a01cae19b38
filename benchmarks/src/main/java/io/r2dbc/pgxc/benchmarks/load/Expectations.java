// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.benchmarks.load;

/** What the scans' values add up to: read once, beforehand, by a driver that is trusted. */
public record Expectations(long sixColumns, long oneText) {}
