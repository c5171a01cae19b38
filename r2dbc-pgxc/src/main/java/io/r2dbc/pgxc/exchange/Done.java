// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.exchange;

/** Who waits for a command that has no result but its success. Called once, on the event loop. */
public interface Done {

    /** Nobody waits. */
    Done NOBODY = new Done() {
        @Override
        public void succeeded() {}

        @Override
        public void failed(Failure failure) {}
    };

    void succeeded();

    void failed(Failure failure);
}
