package io.pyboot.callable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.pyboot.callback.CallbackArgumentException;
import io.pyboot.callback.PythonCallback;
import io.pyboot.template.ResultConverter;
import org.jspecify.annotations.Nullable;

/**
 * The callable methods of one name. The arguments choose among them.
 */
final class CallableMethods implements PythonCallback {

	private final String name;

	private final List<CallableMethod> methods;

	/**
	 * @param name their name in Python
	 * @param methods at least one, no two with the same parameter types
	 */
	CallableMethods(String name, List<CallableMethod> methods) {
		this.name = name;
		this.methods = List.copyOf(methods);
	}

	@Override
	public @Nullable Object call(List<@Nullable Object> arguments, Map<String, @Nullable Object> keywords)
			throws Throwable {
		if (this.methods.size() > 1) {
			BoundCall chosen = choose(arguments, keywords);
			return chosen.method().invoke(chosen.values());
		}
		CallableMethod method = this.methods.get(0);
		return method.invoke(bind(method, arguments, keywords));
	}

	private @Nullable Object[] bind(CallableMethod method, List<@Nullable Object> arguments,
			Map<String, @Nullable Object> keywords) {
		try {
			return method.bind(arguments, keywords);
		}
		catch (CallbackArgumentException ex) {
			throw refusal(this.name + "() cannot be called: " + ex.getMessage() + "; it is " + method.signature(), ex);
		}
	}

	private BoundCall choose(List<@Nullable Object> arguments, Map<String, @Nullable Object> keywords) {
		List<BoundCall> possible = new ArrayList<>();
		for (CallableMethod method : this.methods) {
			if (method.mayTake(arguments)) { // most are out at once, without an exception
				weigh(method, arguments, keywords, possible);
			}
		}
		if (possible.isEmpty()) {
			throw refusal(this.name + "(" + given(arguments, keywords) + ") suits none of its overloads: "
					+ this.methods.stream()
						.map((method) -> method.signature() + ": " + weigh(method, arguments, keywords, possible))
						.collect(Collectors.joining("; ")),
					null);
		}
		for (BoundCall candidate : possible) {
			if (possible.stream().allMatch((other) -> other == candidate || candidate.isBetterThan(other))) {
				return candidate;
			}
		}
		throw refusal(
				this.name + "(" + given(arguments, keywords) + ") is ambiguous, it suits equally well: "
						+ possible.stream().map((call) -> call.method().signature()).collect(Collectors.joining("; ")),
				null);
	}

	/** Adds the call, or says why it is not possible. */
	private static String weigh(CallableMethod method, List<@Nullable Object> arguments,
			Map<String, @Nullable Object> keywords, List<BoundCall> possible) {
		try {
			possible.add(method.weigh(arguments, keywords));
			return "";
		}
		catch (CallbackArgumentException ex) {
			return String.valueOf(ex.getMessage());
		}
	}

	private static String given(List<@Nullable Object> arguments, Map<String, @Nullable Object> keywords) {
		List<String> types = new ArrayList<>();
		arguments.forEach((value) -> types.add(ResultConverter.pythonType(value)));
		keywords.forEach((keyword, value) -> types.add(keyword + ": " + ResultConverter.pythonType(value)));
		return String.join(", ", types);
	}

	private static CallbackArgumentException refusal(String message, @Nullable Throwable cause) {
		CallbackArgumentException refusal = new CallbackArgumentException(message);
		if (cause != null) {
			refusal.initCause(cause);
		}
		return refusal;
	}

}
