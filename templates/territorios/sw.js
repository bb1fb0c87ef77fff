self.casa = {
  version: "{{ casa.version }}",
  pagina: "{{ casa.pagina }}",
  raiz: "{{ casa.raiz }}",
  estaticos: [{% for uno in casa.estaticos %}"{{ uno }}"{% if not forloop.last %}, {% endif %}{% endfor %}],
};
{% for uno in guiones %}importScripts("{{ uno }}");
{% endfor %}
