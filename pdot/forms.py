"""Lo que teclea quien planifica y quien revisa."""

from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError

from territorios.filtros import CampoOpcion

from .acciones import PROBLEMAS_MAXIMO, CambioDeRespuesta
from .escalones import NIVELES, Escalon
from .models import Evaluacion, Pdot, Respuesta

TEXTO_MAXIMO = 4000
ELEMENTOS_MAXIMO = PROBLEMAS_MAXIMO


def campo_de_texto(etiqueta, filas=3):
    area = forms.Textarea(attrs={"rows": filas})
    mensaje = f"El texto es demasiado largo: use hasta {TEXTO_MAXIMO:,} letras.".replace(",", ".")
    return forms.CharField(
        label=etiqueta,
        required=False,
        max_length=TEXTO_MAXIMO,
        widget=area,
        error_messages={"max_length": mensaje},
    )


class SeccionForm(forms.Form):
    """Las preguntas de una sección. Acepta respuestas a medias: es un borrador.

    Por cada pregunta hay `valor_X` (solo escala), `texto_X` y `version_X`, la versión leída.
    """

    def __init__(self, data=None, *, preguntas, llenado):
        super().__init__(data)
        self.preguntas = preguntas
        self.llenado = llenado
        for pregunta in preguntas:
            self._agregar(pregunta)

    def _agregar(self, pregunta):
        codigo = pregunta.codigo
        bloqueada = not self.se_edita(pregunta)
        # Donde ya se tecleó no hace falta lo guardado, y no se lee.
        respuesta = self._guardada(pregunta) if bloqueada or not self.is_bound else None
        if pregunta.es_escala:
            self.fields[f"valor_{codigo}"] = forms.ChoiceField(
                label=pregunta.texto,
                choices=Respuesta.Valor.choices,
                widget=forms.RadioSelect,
                required=False,
                disabled=bloqueada,
                initial=respuesta.valor if respuesta else "",
                error_messages={"invalid_choice": "Elija SÍ, PARCIAL o NO."},
            )
        que = "Justificación" if pregunta.es_escala else "Respuesta"
        texto = campo_de_texto(f"{codigo} · {que}")
        texto.initial, texto.disabled = respuesta.texto if respuesta else "", bloqueada
        texto.widget.attrs["rows"] = 2 if pregunta.es_escala else 4
        self.fields[f"texto_{codigo}"] = texto
        self.fields[f"version_{codigo}"] = forms.IntegerField(
            widget=forms.HiddenInput,
            min_value=0,
            initial=respuesta.version if respuesta else 0,
            disabled=bloqueada,
        )

    def _guardada(self, pregunta):
        return self.llenado.respuestas.get(pregunta.pk)

    def se_edita(self, pregunta):
        editables = self.llenado.editables
        return editables is None or pregunta.pk in editables

    def cambios(self):
        """Los CambioDeRespuesta de todas las preguntas editables de la sección."""
        return [self._cambio(p) for p in self.preguntas if self.se_edita(p)]

    def _cambio(self, pregunta):
        datos, codigo = self.cleaned_data, pregunta.codigo
        texto = datos.get(f"texto_{codigo}", "").replace("\r\n", "\n")
        return CambioDeRespuesta(
            pregunta, datos[f"version_{codigo}"], datos.get(f"valor_{codigo}", ""), texto
        )

    def filas(self):
        """(pregunta, campo de escala o None, campo de texto, campo de versión, respuesta)."""
        for pregunta in self.preguntas:
            codigo = pregunta.codigo
            valor = self[f"valor_{codigo}"] if pregunta.es_escala else None
            yield {
                "pregunta": pregunta,
                "valor": valor,
                "texto": self[f"texto_{codigo}"],
                "version": self[f"version_{codigo}"],
                "respuesta": self._guardada(pregunta),
                "bloqueada": not self.se_edita(pregunta),
            }


class LineasField(forms.CharField):
    """Texto con un elemento por línea → lista de textos sin vacíos ni repetidos."""

    def __init__(self, *, largo=200, **kwargs):
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 7}), **kwargs)
        self.largo = largo

    def to_python(self, value):
        lineas = [linea.strip(" -•\t") for linea in super().to_python(value).splitlines()]
        return list(dict.fromkeys(linea for linea in lineas if linea))

    def validate(self, value):
        if len(value) > ELEMENTOS_MAXIMO:
            raise ValidationError(f"Escriba hasta {ELEMENTOS_MAXIMO} líneas; hay {len(value)}.")
        largas = [linea for linea in value if len(linea) > self.largo]
        if largas:
            raise ValidationError(
                f"Cada línea admite hasta {self.largo} letras; acorte «{largas[0][:40]}…»."
            )

    def run_validators(self, value):
        """Los de texto miran todas las líneas juntas: PostgreSQL no admite el carácter nulo."""
        super().run_validators("\n".join(value))


class ListasForm(forms.Form):
    elementos = LineasField(
        label="Elementos para construir la nueva visión", help_text="Uno por línea."
    )
    problemas = LineasField(
        label="Problemas principales o prioritarios",
        help_text="Uno por línea, del más al menos urgente.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class RevisionForm(forms.Form):
    """Observaciones por pregunta y por hoja (Seccion), y comentario general de quien revisa."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data=None, *, preguntas, version, hojas=()):
        super().__init__(data, initial={"version": version})
        self.preguntas = preguntas
        self.hojas = hojas
        for pregunta in preguntas:
            self.fields[f"observacion_{pregunta.codigo}"] = campo_de_texto(
                f"Observación a {pregunta.codigo}", filas=2
            )
        for hoja in hojas:
            self.fields[f"hoja_{hoja.codigo}"] = campo_de_texto(
                f"Observación a la hoja «{hoja.titulo}»", filas=2
            )
        self.fields["comentario"] = campo_de_texto("Comentario general (opcional)")

    def observaciones(self):
        """{pregunta u hoja: texto} de las que llevan observación."""
        campos = {p: f"observacion_{p.codigo}" for p in self.preguntas}
        campos |= {hoja: f"hoja_{hoja.codigo}" for hoja in self.hojas}
        textos = {cosa: self.cleaned_data[campo].strip() for cosa, campo in campos.items()}
        return {cosa: texto for cosa, texto in textos.items() if texto}

    def campo_de_hoja(self, hoja):
        """El suyo, o None si la sección no es una hoja."""
        return self[f"hoja_{hoja.codigo}"] if hoja in self.hojas else None

    def campo_de(self, pregunta):
        return self[f"observacion_{pregunta.codigo}"]


class NuevaEvaluacionForm(forms.ModelForm):
    """Qué PDOT se va a evaluar: uno conocido, u otro que se declara con sus años."""

    OTRO = "otro"

    plan = forms.ChoiceField(
        label="PDOT que va a evaluar",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Elija el PDOT que va a evaluar.",
            "invalid_choice": "Ese PDOT no es de su GAD.",
        },
    )

    class Meta:
        model = Pdot
        fields = ["anio_desde", "anio_hasta", "vision"]
        widgets = {"vision": forms.Textarea(attrs={"rows": 4})}
        labels = {"vision": "Visión (opcional)"}
        help_texts = {
            "anio_desde": "Solo si es otro PDOT. Por ejemplo, 2024.",
            "anio_hasta": "Solo si es otro PDOT.",
            "vision": "Cópiela del PDOT vigente; ayuda a responder las preguntas.",
        }

    field_order = ["plan", "anio_desde", "anio_hasta", "vision"]

    def __init__(self, *args, planes, hoy, **kwargs):
        super().__init__(*args, **kwargs)
        self.planes = {str(plan.pk): plan for plan in planes}
        vigentes = [clave for clave, plan in self.planes.items() if plan.anio_hasta >= hoy.year]
        opciones = [(clave, _con_vigencia(plan, hoy)) for clave, plan in self.planes.items()]
        self.fields["plan"].choices = [*opciones, (self.OTRO, "Otro PDOT, de estos años:")]
        self.fields["plan"].initial = next(iter(vigentes or [*self.planes, self.OTRO]))
        for nombre in ("anio_desde", "anio_hasta"):
            self.fields[nombre].required = False

    def clean(self):
        datos = super().clean()
        if datos.get("plan") == self.OTRO:
            for nombre in ("anio_desde", "anio_hasta"):
                if not datos.get(nombre) and nombre not in self.errors:
                    self.add_error(nombre, "Diga de qué año a qué año va el PDOT.")
        return datos

    def _post_clean(self):
        """Las reglas del plan se revisan solo cuando se declara otro."""
        if self.cleaned_data.get("plan") == self.OTRO and not self.errors:
            super()._post_clean()

    @property
    def elegido(self):
        """El plan conocido que se eligió, o None si se declara otro."""
        return self.planes.get(self.cleaned_data["plan"])


def _con_vigencia(plan, hoy):
    return str(plan) if plan.anio_hasta >= hoy.year else f"{plan} (terminó en {plan.anio_hasta})"


OTRA_ZONA = "otra"


class FiltroEvaluaciones(forms.Form):
    estado = forms.ChoiceField(
        required=False,
        choices=[("", "Todos"), *Evaluacion.Estado.choices],
        error_messages={"invalid_choice": "Ese estado no existe."},
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    zona = CampoOpcion(
        required=False,
        error_messages={"invalid_choice": "«%(value)s» no es una zona que usted pueda ver."},
    )

    def __init__(self, *args, zonas, propia=None, **kwargs):
        """`zonas`: las que abarca quien mira; a quien es de un GAD no se le ofrecen.

        `propia`: la clave de la de quien es de una sola, que lee además lo aprobado de otra.
        """
        super().__init__(*args, **kwargs)
        self.propia = propia
        opciones = [("", "Todas"), *((z.pk, str(z)) for z in zonas)]
        if propia:
            opciones.append((OTRA_ZONA, "De otra zona, en sus grupos"))
        self.fields["zona"].choices = opciones
        self.fields["zona"].widget.attrs["class"] = "form-select"
        if not zonas:
            del self.fields["zona"]

    def aplicar(self, evaluaciones):
        if estado := self.cleaned_data["estado"]:
            evaluaciones = evaluaciones.filter(estado=estado)
        zona = self.cleaned_data.get("zona")
        if zona == OTRA_ZONA:
            return evaluaciones.de_otra_zona(self.propia)
        return evaluaciones.de_zona(zona) if zona else evaluaciones

    @property
    def filtra(self):
        return self.is_valid() and any(self.cleaned_data.values())


class FiltroCobertura(forms.Form):
    """Filtros de la cobertura; las opciones son las de la jurisdicción de quien mira."""

    estrategia = CampoOpcion(required=False)
    zona = CampoOpcion(required=False)
    provincia = CampoOpcion(required=False)
    grupo = CampoOpcion(required=False)
    nivel = CampoOpcion(required=False, choices=[("", "Todos"), *NIVELES.items()])
    escalon = CampoOpcion(
        label="Escalón", required=False, choices=[("", "Todos"), *Escalon.choices]
    )
    hasta = CampoOpcion(
        label="El más alto", required=False, choices=[("", "Cualquiera"), *Escalon.choices]
    )

    def __init__(self, *args, estrategias, zonas, provincias, grupo=None, **kwargs):
        super().__init__(*args, **kwargs)
        opciones = {"estrategia": estrategias, "zona": zonas, "provincia": provincias}
        if self.data.get("grupo"):
            opciones["grupo"] = [(str(grupo.pk), str(grupo))] if grupo else []
        else:
            # Se llega a un grupo desde su avance; ofrecerlos todos pediría otra consulta.
            del self.fields["grupo"]
        for campo, suyas in opciones.items():
            vacia = "Todos" if campo == "grupo" else "Todas"
            self.fields[campo].choices = [("", vacia), *suyas]
        for campo in self.visible_fields():
            campo.field.widget.attrs["class"] = "form-select"
            campo.field.error_messages["invalid_choice"] = (
                "«%(value)s» no está entre lo que usted puede ver: escoja una de las opciones."
            )

    @property
    def en_palabras(self):
        """[«Zona: 4 · Manta», «Nivel: Municipales»…] de los filtros puestos, para el encabezado."""
        return [
            f"{self[campo].label}: {nombre}"
            for campo, elegido in self.puestos.items()
            for valor, nombre in self.fields[campo].choices
            if str(valor) == str(elegido)
        ]

    @property
    def puestos(self):
        """{campo: valor} de los filtros puestos."""
        return {n: v for n, v in self.cleaned_data.items() if v}

    def enlace(self, **cambios):
        """La dirección de esta página con esos filtros cambiados; vacío quita el filtro."""
        puestos = {n: v for n, v in (self.puestos | cambios).items() if v}
        return f"?{urlencode(puestos)}"
