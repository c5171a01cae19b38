// SPDX-License-Identifier: Apache-2.0
package io.r2dbc.pgxc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Says what users may write against: the types of the exported packages and their public and protected members, one line each,
 * in an order that does not depend on the compiler.
 */
final class ApiListing {

    private static final Set<String> EVERYBODYS = Set.of("equals", "hashCode", "toString");

    private static final Pattern EXPECTED_PACKAGES = Pattern.compile(
            "\\b(java\\.(lang|time|util|util\\.function)|io\\.r2dbc\\.(spi|pgxc(\\.[a-z]+)?)|reactor\\.core\\.publisher)\\.(?=[A-Z])");

    private final Path classes;
    private final List<String> lines = new ArrayList<>();

    /** Takes the folder that the module was compiled to. */
    ApiListing(Path classes) {
        this.classes = classes;
    }

    List<String> lines() {
        exportedPackages().stream().flatMap(this::types).forEach(this::list);
        return Collections.unmodifiableList(lines);
    }

    private List<String> exportedPackages() {
        return ModuleFinder.of(classes).findAll().stream()
                .flatMap(module -> module.descriptor().exports().stream())
                .filter(export -> !export.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .sorted()
                .toList();
    }

    private Stream<Class<?>> types(String name) {
        try (Stream<Path> files = Files.list(classes.resolve(name.replace('.', '/')))) {
            List<Class<?>> found = new ArrayList<>();
            files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".class") && !file.equals("package-info.class"))
                    .map(file -> load(name + "." + file.substring(0, file.length() - ".class".length())))
                    .filter(ApiListing::isReachable)
                    .sorted((one, other) -> one.getName().compareTo(other.getName()))
                    .forEach(found::add);
            return found.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ApiListing.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isReachable(Class<?> type) {
        if (type.isAnonymousClass() || type.isLocalClass() || !isOpen(type.getModifiers())) {
            return false;
        }
        Class<?> outer = type.getEnclosingClass();
        return outer == null || isReachable(outer);
    }

    private static boolean isOpen(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private void list(Class<?> type) {
        lines.add("");
        lines.add(heading(type));
        if (type.isRecord()) {
            addMembers(type.getRecordComponents(), component -> true, ApiListing::describe);
        }
        addMembers(type.getDeclaredFields(), ApiListing::counts, ApiListing::describe);
        addMembers(type.getDeclaredConstructors(), ApiListing::counts, ApiListing::describe);
        addMembers(type.getDeclaredMethods(), ApiListing::counts, ApiListing::describe);
    }

    private <M> void addMembers(M[] members, Predicate<M> wanted, Function<M, String> describe) {
        Arrays.stream(members)
                .filter(wanted)
                .map(member -> "    " + describe.apply(member))
                .sorted()
                .forEach(lines::add);
    }

    private static boolean counts(Member member) {
        return isOpen(member.getModifiers()) && !member.isSynthetic() && !EVERYBODYS.contains(member.getName());
    }

    private static String heading(Class<?> type) {
        StringBuilder line = new StringBuilder(modifiers(type))
                .append(kind(type))
                .append(' ')
                .append(type.getName().replace('$', '.'));
        line.append(variables(type.getTypeParameters()));
        if (type.getSuperclass() != null
                && !type.isEnum()
                && !type.isRecord()
                && type.getSuperclass() != Object.class) {
            line.append(" extends ").append(shorten(type.getGenericSuperclass()));
        }
        if (type.getInterfaces().length > 0) {
            line.append(type.isInterface() ? " extends " : " implements ");
            line.append(Arrays.stream(type.getGenericInterfaces())
                    .map(ApiListing::shorten)
                    .collect(Collectors.joining(", ")));
        }
        return line.toString();
    }

    private static String modifiers(Class<?> type) {
        int ignored =
                Modifier.STATIC | Modifier.STRICT | (type.isInterface() ? Modifier.ABSTRACT | Modifier.INTERFACE : 0);
        int implied = type.isEnum() || type.isRecord() ? Modifier.FINAL : 0;
        String said = Modifier.toString(type.getModifiers() & ~ignored & ~implied) + " ";
        return type.isSealed() ? said + "sealed " : said;
    }

    private static String kind(Class<?> type) {
        if (type.isAnnotation()) {
            return "@interface";
        }
        if (type.isInterface()) {
            return "interface";
        }
        if (type.isEnum()) {
            return "enum";
        }
        return type.isRecord() ? "record" : "class";
    }

    private static String describe(RecordComponent component) {
        return "component " + type(component.getAnnotatedType()) + " " + component.getName();
    }

    private static String describe(Field field) {
        if (field.isEnumConstant()) {
            return "constant " + field.getName();
        }
        return said(field) + type(field.getAnnotatedType()) + " " + field.getName();
    }

    private static String describe(Constructor<?> constructor) {
        return said(constructor) + "new" + rest(constructor);
    }

    private static String describe(Method method) {
        String variables = variables(method.getTypeParameters());
        return said(method)
                + (method.isDefault() ? "default " : "")
                + (variables.isEmpty() ? "" : variables + " ")
                + type(method.getAnnotatedReturnType())
                + " "
                + method.getName()
                + rest(method);
    }

    private static String said(Member member) {
        int telling = Modifier.PUBLIC | Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT | Modifier.FINAL;
        boolean ofFinalClass = member instanceof Method
                && Modifier.isFinal(member.getDeclaringClass().getModifiers());
        boolean ofInterface = member.getDeclaringClass().isInterface();
        int implied = (ofFinalClass ? Modifier.FINAL : 0) | (ofInterface ? Modifier.PUBLIC | Modifier.ABSTRACT : 0);
        String words = Modifier.toString(member.getModifiers() & telling & ~implied);
        String deprecated = ((AnnotatedElement) member).isAnnotationPresent(Deprecated.class) ? "deprecated " : "";
        return deprecated + (words.isEmpty() ? "" : words + " ");
    }

    private static String rest(Executable executable) {
        String parameters = Arrays.stream(executable.getParameters())
                .map(ApiListing::parameter)
                .collect(Collectors.joining(", ", "(", ")"));
        Type[] thrown = executable.getGenericExceptionTypes();
        return thrown.length == 0
                ? parameters
                : parameters + " throws "
                        + Arrays.stream(thrown).map(ApiListing::shorten).collect(Collectors.joining(", "));
    }

    private static String parameter(Parameter parameter) {
        String type = type(parameter.getAnnotatedType());
        return parameter.isVarArgs() ? type.substring(0, type.length() - "[]".length()) + "..." : type;
    }

    /** Nullness is part of a signature: taking it back breaks those who compile with checks. */
    private static String type(AnnotatedType type) {
        return (type.isAnnotationPresent(Nullable.class) ? "@Nullable " : "") + shorten(type.getType());
    }

    private static String variables(TypeVariable<?>[] variables) {
        if (variables.length == 0) {
            return "";
        }
        return Arrays.stream(variables).map(ApiListing::variable).collect(Collectors.joining(", ", "<", ">"));
    }

    private static String variable(TypeVariable<?> variable) {
        String bounds = Arrays.stream(variable.getBounds())
                .filter(bound -> bound != Object.class)
                .map(ApiListing::shorten)
                .collect(Collectors.joining(" & "));
        return bounds.isEmpty() ? variable.getName() : variable.getName() + " extends " + bounds;
    }

    /** Leaves out the packages that a reader expects anyway. */
    private static String shorten(Type type) {
        return EXPECTED_PACKAGES.matcher(type.getTypeName()).replaceAll("").replace('$', '.');
    }
}
