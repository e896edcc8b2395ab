package io.pyboot.pool;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * An interface of Java in front of a Python object: its methods are those of the object.
 */
final class KeptProxy implements InvocationHandler {

	private static final Object[] NOTHING = {};

	private final KeptObject object;

	private final boolean functional;

	/** By name: whether Python has the method. Asked once, for default methods only. */
	private final ConcurrentHashMap<String, Boolean> overridden = new ConcurrentHashMap<>();

	private KeptProxy(KeptObject object, boolean functional) {
		this.object = object;
		this.functional = functional;
	}

	static Object make(KeptObject object, Class<?> type) {
		ClassLoader loader = type.getClassLoader();
		return Proxy.newProxyInstance((loader != null) ? loader : KeptProxy.class.getClassLoader(),
				new Class<?>[] { type }, new KeptProxy(object, isFunctional(type)));
	}

	private static boolean isFunctional(Class<?> type) {
		return Arrays.stream(type.getMethods())
			.filter((method) -> Modifier.isAbstract(method.getModifiers()) && !isOfObject(method))
			.map(Method::getName)
			.distinct()
			.count() == 1;
	}

	/** An interface may declare methods of Object again, as Comparator does. */
	private static boolean isOfObject(Method method) {
		return switch (method.getName()) {
			case "toString", "hashCode" -> method.getParameterCount() == 0;
			case "equals" -> method.getParameterCount() == 1 && method.getParameterTypes()[0] == Object.class;
			default -> false;
		};
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		@Nullable Object[] values = (arguments != null) ? arguments : NOTHING;
		if (isOfObject(method)) {
			return switch (method.getName()) {
				case "toString" -> this.object.toString();
				case "hashCode" -> System.identityHashCode(proxy);
				default -> proxy == values[0];
			};
		}
		if (method.isDefault() && !this.overridden.computeIfAbsent(method.getName(), this::hasMethod)) {
			return callDefault(proxy, method, values);
		}
		return call(method, method.isVarArgs() ? spread(values) : values);
	}

	private static @Nullable Object callDefault(Object proxy, Method method, @Nullable Object[] values)
			throws Throwable {
		Class<?> type = method.getDeclaringClass();
		if (Modifier.isPublic(type.getModifiers())) {
			return InvocationHandler.invokeDefault(proxy, method, values);
		}
		return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
			.unreflectSpecial(method, type)
			.bindTo(proxy)
			.invokeWithArguments(values);
	}

	private boolean hasMethod(String name) {
		return Boolean.TRUE.equals(this.object.run("has_method", ResultForm.VALUE, this.object, name));
	}

	/** The arguments with those of the array at their end, as Python's {@code *args}. */
	private static @Nullable Object[] spread(@Nullable Object[] values) {
		if (!(values[values.length - 1] instanceof Object[] last)) {
			return values;
		}
		@Nullable Object[] all = Arrays.copyOf(values, values.length - 1 + last.length, Object[].class);
		System.arraycopy(last, 0, all, values.length - 1, last.length);
		return all;
	}

	private @Nullable Object call(Method method, @Nullable Object[] values) {
		@Nullable Object[] all = new @Nullable Object[values.length + 3];
		all[0] = this.object;
		all[1] = method.getName();
		all[2] = this.functional && !method.isDefault();
		System.arraycopy(values, 0, all, 3, values.length);
		if (method.getReturnType() == void.class) {
			this.object.run("call_and_forget", ResultForm.VALUE, all);
			return null;
		}
		Object result = this.object.run("call_as_method", ResultForm.of(method.getGenericReturnType()), all);
		return this.object.pool().resultConversion().convert(result, method.getGenericReturnType());
	}

}
