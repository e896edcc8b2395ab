package io.pyboot.autoconfigure;

import io.pyboot.template.JacksonStructureMapping;
import io.pyboot.template.StructureMapping;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of records and beans as arguments and results, by Jackson 3.
 */
@AutoConfiguration(afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnClass(JsonMapper.class)
public final class PybootJacksonAutoConfiguration {

	PybootJacksonAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(StructureMapping.class)
	JacksonStructureMapping pythonStructureMapping(ObjectProvider<JsonMapper> mapper) {
		return new JacksonStructureMapping(mapper.getIfAvailable(JsonMapper::new));
	}

}
