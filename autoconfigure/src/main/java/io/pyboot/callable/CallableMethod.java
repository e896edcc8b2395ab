package io.pyboot.callable;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.pyboot.PythonConversionException;
import io.pyboot.callback.CallbackArgumentException;
import io.pyboot.template.ResultConverter;
import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.ResolvableType;

/**
 * A method of a bean that Python code may call. Everything about it that does not depend
 * on the arguments is found out once.
 */
final class CallableMethod {

	private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

	private final String name;

	private final Method method;

	private final BeanInvoker invoker;

	private final CallableParameter[] parameters;

	/**
	 * All of a variable number of arguments, as a list; {@code null} if there is none.
	 */
	private final @Nullable CallableParameter variable;

	/** Parameters before the variable number of arguments. */
	private final int fixed;

	private final ResultAwaiter awaiter;

	/**
	 * @param name the name in Python
	 * @param method the method of the class of the bean
	 * @param type that class, which may say what type variables are
	 * @param invoker calls the method
	 */
	CallableMethod(String name, Method method, Class<?> type, BeanInvoker invoker, ResultConverter converter) {
		this.name = name;
		this.method = method;
		this.invoker = invoker;
		int count = method.getParameterCount();
		@Nullable String @Nullable [] names = NAMES.getParameterNames(method);
		this.fixed = method.isVarArgs() ? count - 1 : count;
		this.parameters = new CallableParameter[count];
		for (int i = 0; i < count; i++) {
			ResolvableType parameterType = ResolvableType.forMethodParameter(method, i, type);
			this.parameters[i] = new CallableParameter(converter, (names != null) ? names[i] : null, i,
					(i < this.fixed) ? parameterType : parameterType.getComponentType());
		}
		this.variable = method.isVarArgs() ? new CallableParameter(converter, (names != null) ? names[count - 1] : null,
				count - 1, ResolvableType.forMethodParameter(method, count - 1, type)) : null;
		this.awaiter = ResultAwaiter.of(method.getReturnType());
	}

	Method method() {
		return this.method;
	}

	BeanInvoker invoker() {
		return this.invoker;
	}

	/**
	 * Makes the arguments those of the method.
	 * @throws CallbackArgumentException if they do not suit; says why
	 */
	@Nullable Object[] bind(List<@Nullable Object> arguments, Map<String, @Nullable Object> keywords) {
		try {
			if (keywords.isEmpty() && this.variable == null && arguments.size() == this.fixed) {
				@Nullable Object[] values = new Object[this.fixed];
				for (int i = 0; i < values.length; i++) {
					values[i] = this.parameters[i].convert(arguments.get(i));
				}
				return values;
			}
			return bindAny(arguments, keywords);
		}
		catch (PythonConversionException ex) {
			CallbackArgumentException refused = new CallbackArgumentException(ex.getMessage());
			refused.initCause(ex);
			throw refused;
		}
	}

	private @Nullable Object[] bindAny(List<@Nullable Object> arguments, Map<String, @Nullable Object> keywords) {
		int count = this.parameters.length;
		int given = arguments.size();
		if (given > this.fixed && this.variable == null) {
			throw new CallbackArgumentException("it takes " + count + " arguments, but " + given + " were given");
		}
		@Nullable Object[] values = new Object[count];
		boolean[] present = new boolean[count];
		for (int i = 0; i < Math.min(given, this.fixed); i++) {
			values[i] = this.parameters[i].convert(arguments.get(i));
			present[i] = true;
		}
		if (given > this.fixed) {
			values[this.fixed] = variable(arguments.subList(this.fixed, given));
			present[this.fixed] = true;
		}
		keywords.forEach((keyword, value) -> {
			int index = indexOf(keyword);
			if (present[index]) {
				throw new CallbackArgumentException("it got several values for " + this.parameters[index].label());
			}
			values[index] = ((index == this.fixed) ? variable() : this.parameters[index]).convert(value);
			present[index] = true;
		});
		for (int i = 0; i < count; i++) {
			if (!present[i]) {
				values[i] = missing(i);
			}
		}
		return values;
	}

	private CallableParameter variable() {
		CallableParameter variable = this.variable;
		return (variable != null) ? variable : this.parameters[this.fixed];
	}

	private Object variable(List<@Nullable Object> arguments) {
		CallableParameter element = this.parameters[this.fixed];
		Object array = Array.newInstance(element.rawType(), arguments.size());
		for (int i = 0; i < arguments.size(); i++) {
			Array.set(array, i, element.convert(arguments.get(i)));
		}
		return array;
	}

	private int indexOf(String keyword) {
		for (int i = 0; i < this.parameters.length; i++) {
			if (this.parameters[i].isNamed(keyword)) {
				return i;
			}
		}
		if (this.parameters.length > 0 && !this.parameters[0].hasName()) {
			throw new CallbackArgumentException("it got the keyword argument '" + keyword
					+ "', but the names of its parameters are not known: compile "
					+ this.method.getDeclaringClass().getName() + " with -parameters");
		}
		throw new CallbackArgumentException("it has no parameter '" + keyword + "'");
	}

	private @Nullable Object missing(int index) {
		if (index == this.fixed) {
			return Array.newInstance(this.parameters[index].rawType(), 0);
		}
		if (this.parameters[index].isOptional()) {
			return this.parameters[index].convert(null);
		}
		throw new CallbackArgumentException(this.parameters[index].label() + " is missing");
	}

	/**
	 * Whether the method can take so many positional arguments of such types. Keyword
	 * arguments, and what is within containers, may still not suit.
	 */
	boolean mayTake(List<@Nullable Object> arguments) {
		if (arguments.size() > this.fixed && this.variable == null) {
			return false;
		}
		for (int i = 0; i < arguments.size(); i++) {
			if (this.parameters[Math.min(i, this.fixed)].distance(arguments.get(i)) == TypeDistance.IMPOSSIBLE) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Binds the arguments, to choose among overloads.
	 * @throws CallbackArgumentException if they do not suit; says why
	 */
	BoundCall weigh(List<@Nullable Object> arguments, Map<String, @Nullable Object> keywords) {
		@Nullable Object[] values = bind(arguments, keywords);
		int[] distances = new int[arguments.size() + keywords.size()];
		for (int i = 0; i < arguments.size(); i++) {
			distances[i] = distance(this.parameters[Math.min(i, this.parameters.length - 1)], arguments.get(i));
		}
		int at = arguments.size();
		for (Map.Entry<String, @Nullable Object> keyword : keywords.entrySet()) {
			int index = indexOf(keyword.getKey());
			distances[at++] = distance((index == this.fixed) ? variable() : this.parameters[index], keyword.getValue());
		}
		int defaults = Math.max(0, this.parameters.length - distances.length);
		return new BoundCall(this, values, distances, (this.variable != null) ? 1000 + defaults : defaults);
	}

	private static int distance(CallableParameter parameter, @Nullable Object value) {
		int distance = parameter.distance(value);
		if (distance == TypeDistance.IMPOSSIBLE) {
			throw new CallbackArgumentException(parameter.label() + " is of another type");
		}
		return distance;
	}

	/**
	 * Calls the method and waits for what it promises.
	 * @param values as {@link #bind} made them
	 * @throws Throwable what the method throws
	 */
	@Nullable Object invoke(@Nullable Object[] values) throws Throwable {
		Object result = this.invoker.invoke(values);
		return (this.awaiter != ResultAwaiter.NONE) ? this.awaiter.await(result) : result;
	}

	/** Whether no arguments can tell the two apart. */
	boolean isSameAs(CallableMethod other) {
		return Arrays.equals(this.method.getParameterTypes(), other.method.getParameterTypes());
	}

	/** As Python code sees it: {@code price(String product, int count)}. */
	String signature() {
		return Stream.of(this.parameters)
			.map((parameter) -> parameter.describe(this.variable != null && parameter == this.parameters[this.fixed]))
			.collect(Collectors.joining(", ", this.name + "(", ")"));
	}

	/** For messages at the start. */
	String described() {
		return "the method '" + this.method.getName() + "' of " + this.method.getDeclaringClass().getName() + " (bean '"
				+ this.invoker.beanName() + "')";
	}

}
