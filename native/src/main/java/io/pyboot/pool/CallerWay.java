package io.pyboot.pool;

import io.pyboot.binding.LibPyboot;
import io.pyboot.codec.Journeys;
import io.pyboot.codec.WireBuffer;
import io.pyboot.codec.WireEncoder;
import io.pyboot.context.ReplyReader;
import io.pyboot.pool.ContextSlot.Occupant;
import io.pyboot.pool.ContextSlot.Target;
import org.jspecify.annotations.Nullable;

/**
 * Runs requests on the thread that makes them: no queue, no other thread, no wake-up.
 */
final class CallerWay {

	private final PythonPool pool;

	private final ContextLeases leases;

	CallerWay(PythonPool pool, ContextLeases leases) {
		this.pool = pool;
		this.leases = leases;
	}

	@Nullable Object invoke(PythonRequest request, long session, @Nullable Target wanted) {
		RequestKind kind = request.kind();
		this.pool.requestCounters().submitted(RequestWay.CALLER, kind);
		long began = System.nanoTime();
		WireBuffer buffer = WireBuffer.acquire();
		WireEncoder encoder = null;
		try {
			// After the count: whoever stops the pool waits for what is counted.
			Tenant tenant = this.leases.tenant();
			this.pool.requireAccepting(tenant);
			encoder = this.pool.write(request, session, buffer);
			long length = run(encoder, buffer, tenant, wanted);
			this.pool.requestCounters().decoded(Math.max(0, length));
			Object result = ReplyReader.read(buffer, length);
			this.pool.ended(kind, RequestOutcome.COMPLETED, began);
			return result;
		}
		catch (Throwable ex) {
			this.pool.ended(kind, RequestOutcome.of(ex), began);
			throw ex;
		}
		finally {
			if (encoder != null) {
				encoder.endExports();
			}
			buffer.release();
		}
	}

	/** What the request holds is given back if libpyboot did not take it. */
	private long run(WireEncoder encoder, WireBuffer buffer, Tenant tenant, @Nullable Target wanted) {
		int length = encoder.length();
		long result = LibPyboot.NO_MEMORY;
		try {
			result = run(buffer, length, tenant, KeptObject.route(this.pool, wanted, encoder.home()));
			return result;
		}
		finally {
			if (result == LibPyboot.NO_MEMORY) {
				Journeys.drop(buffer, length);
			}
		}
	}

	private long run(WireBuffer buffer, int length, Tenant tenant, @Nullable Target wanted) {
		long id = buffer.nextRequestId();
		Occupant inside = tenant.inside;
		if (inside != null && (wanted == null || wanted.slot() == inside.slot)) {
			this.pool.requireAccepted(wanted, inside.context);
			long result = inside.context.call(true, buffer, length, id);
			if (result != LibPyboot.STALE) {
				return result;
			}
			this.pool.requireReplaced(inside);
		}
		while (true) {
			Occupant occupant = this.leases.acquire(tenant, (wanted != null) ? wanted.slot() : null);
			tenant.inside = occupant;
			long result;
			try {
				this.pool.requireAccepted(wanted, occupant.context);
				result = occupant.context.call(false, buffer, length, id);
			}
			finally {
				tenant.inside = inside;
				this.leases.release(occupant);
			}
			if (result != LibPyboot.STALE) {
				return result;
			}
			// The context was replaced meanwhile; the request has not run.
			this.pool.requireReplaced(occupant);
		}
	}

}
