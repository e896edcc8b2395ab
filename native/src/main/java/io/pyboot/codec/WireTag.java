package io.pyboot.codec;

/**
 * First byte of each value on the wire. The table is in pb_codec.h.
 */
final class WireTag {

	static final byte NONE = 'N';

	static final byte FALSE = 'F';

	static final byte TRUE = 'T';

	static final byte INT8 = 'b';

	static final byte INT64 = 'l';

	static final byte BIG_INT = 'L';

	static final byte FLOAT = 'd';

	static final byte SHORT_ASCII = 'a';

	static final byte LATIN1 = 's';

	static final byte UTF8 = 'u';

	static final byte UTF16 = 'w';

	static final byte BYTES = 'B';

	static final byte ARRAY = 'A';

	static final byte BUFFER = 'Y';

	static final byte VIEW = 'Q';

	static final byte LIST = '[';

	static final byte TUPLE = '(';

	static final byte DICT = '{';

	static final byte SET = 'S';

	static final byte FROZENSET = 'Z';

	static final byte VALUE = 'X';

	/** A Java object that stays in the JVM. */
	static final byte JAVA_REF = 'J';

	/** A Python object that stays in its context. */
	static final byte HANDLE = 'H';

	private WireTag() {
	}

}
