// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc.codec;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Loads the driver once more, where there is no JTS. */
final class WithoutJts extends ClassLoader {

    private final ClassLoader source;

    private WithoutJts(ClassLoader source) {
        super(source);
        this.source = source;
    }

    /** What the driver says there about a class of JTS that comes from elsewhere. */
    @SuppressWarnings("unchecked") // the interface is the same one for both loaders
    static List<Object> ask(Class<?> geometry) throws ReflectiveOperationException {
        WithoutJts loader = new WithoutJts(WithoutJts.class.getClassLoader());
        Class<?> question = Class.forName(Question.class.getName(), true, loader);
        Object asked = question.getDeclaredConstructor().newInstance();
        return ((Function<Class<?>, List<Object>>) asked).apply(geometry);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith("org.locationtech.")) {
            throw new ClassNotFoundException(name);
        }
        if (!name.startsWith("io.r2dbc.pgxc.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = source.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /** Reads and writes a point in every way that needs no JTS, and tries the one that does. */
    public static final class Question implements Function<Class<?>, List<Object>> {

        private static final String POINT = "0101000000000000000000F03F0000000000000040";

        /** Made by name. */
        public Question() {}

        @Override
        public List<Object> apply(Class<?> geometry) {
            int oid = Extensions.oid("geometry");
            List<Object> answers = new ArrayList<>();
            answers.add(Extensions.binary(oid, POINT, String.class));
            answers.add(Extensions.text(oid, POINT, byte[].class));
            answers.add(Extensions.hex(Extensions.parse(POINT), oid));
            answers.add(Extensions.REGISTRY.canEncode(geometry));
            try {
                answers.add(Extensions.REGISTRY.decoder(oid, Format.BINARY, geometry));
            } catch (ValueException e) {
                answers.add(String.valueOf(e.getMessage()));
            }
            return answers;
        }
    }
}
