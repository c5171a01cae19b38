// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;

/**
 * What the Reactive Streams TCK is told about all publishers of this driver. The TCK's tests are TestNG's, and it is {@link
 * PublisherContractTest} that runs them: by themselves they match no name that the build looks for.
 */
public abstract class PublisherContract<T> extends PublisherVerification<T> {

    /** How long the TCK waits for what must come. */
    private static final long PATIENCE = 2_000;

    /** How long it waits for what must not come. */
    private static final long SILENCE = 50;

    /** How long garbage collection gets to show that a cancelled subscriber is held by nobody; the TCK waits to the end. */
    private static final long COLLECTION = 2_000;

    /** Publishers are asked for no more elements than this, where the TCK leaves it to them. */
    static final long MANY = 1_000;

    PublisherContract() {
        super(new TestEnvironment(PATIENCE, SILENCE), COLLECTION);
    }

    @Override
    public long maxElementsFromPublisher() {
        return MANY;
    }
}
