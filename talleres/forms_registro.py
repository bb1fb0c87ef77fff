"""Lo que se teclea al registrar: una persona, su corrección y una hoja entera."""

from uuid import uuid4

from django import forms
from django.utils import timezone

from .models import Participante, TextoConsentimiento
from .procedencia import Procedencias, SinReconocer

SIN_TEXTO = (
    "La central todavía no carga el texto de consentimiento vigente ese día: mientras tanto, solo "
    "se puede contar a las personas, sin su nombre."
)
EXIGE_CONSENTIR = (
    "Marque que la persona consintió. Si no quiso, deje en blanco su nombre, su cargo, su correo "
    "y su teléfono: se la cuenta sin nombre."
)


class Opciones(forms.RadioSelect):
    """El resumen de errores lleva al grupo: su etiqueta es el grupo y no la primera opción."""

    def id_for_label(self, id_, index=None):
        return id_ if index is None else super().id_for_label(id_, index)


class PersonaForm(forms.Form):
    """Una persona. La procedencia se reconoce sola: si es un GAD, de él sale el nivel."""

    nombre = forms.CharField(
        label="Nombres y apellidos", max_length=120, required=False, strip=True
    )
    cargo = forms.CharField(label="Cargo", max_length=120, required=False)
    procedencia = forms.CharField(
        label="GAD o entidad de donde viene",
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"list": "procedencias", "autocomplete": "off"}),
    )
    nivel = forms.ChoiceField(
        label="Nivel, si no es un GAD",
        required=False,
        choices=[("", "El de su GAD"), *Participante.Nivel.choices],
    )
    sexo = forms.ChoiceField(
        label="Sexo",
        choices=Participante.Sexo.choices,
        widget=Opciones,
        error_messages={"required": "Elija una de las tres: con las flechas del teclado."},
    )
    correo = forms.EmailField(label="Correo", required=False)
    telefono = forms.CharField(label="Teléfono", max_length=30, required=False)
    consiente = forms.BooleanField(label="Consintió", required=False)

    def __init__(self, *args, encuentro, convocados=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.encuentro, self.convocados = encuentro, convocados
        self.texto = TextoConsentimiento.objects.en(encuentro.fecha)
        for nombre in ("nombre", "correo", "telefono"):
            self.fields[nombre].widget.attrs["autocomplete"] = "off"

    def clean(self):
        datos = super().clean()
        self._exigir_consentimiento(datos)
        if "procedencia" not in self.errors:
            self._reconocer(datos)
        return datos

    def datos(self):
        """Los que espera `registro.registrar`."""
        limpios = self.cleaned_data
        nombre = " ".join(limpios["nombre"].split())
        campos = ("cargo", "gad", "organizacion", "nivel", "sexo", "correo", "telefono")
        return {"nombre": nombre} | {c: limpios[c] for c in campos} | self._consentimiento(limpios)

    def _consentimiento(self, datos):
        if not datos["consiente"]:
            return {"consentimiento": "", "consentimiento_fecha": None}
        return {
            "consentimiento": self.texto.texto,
            "consentimiento_fecha": min(self.encuentro.fecha, timezone.localdate()),
        }

    def _exigir_consentimiento(self, datos):
        deja = any(datos.get(campo) for campo in ("nombre", "cargo", "correo", "telefono"))
        if deja and not datos.get("consiente"):
            self.add_error("consiente", EXIGE_CONSENTIR)
        elif datos.get("consiente") and not self._texto_aceptado():
            self.add_error("consiente", SIN_TEXTO)
        if datos.get("consiente") and not datos.get("nombre") and "nombre" not in self.errors:
            self.add_error("nombre", "Escriba el nombre de quien consintió.")

    def _texto_aceptado(self):
        return self.texto

    def _reconocer(self, datos):
        escrito = " ".join(datos["procedencia"].split())
        datos |= {"gad": None, "organizacion": escrito}
        procedencias = Procedencias(self.convocados) if escrito else None
        try:
            datos["gad"] = procedencias.gad(escrito) if escrito else None
        except SinReconocer as error:
            self.add_error("procedencia", f"«{escrito}»: {error}")
            return
        if datos["gad"]:
            datos |= {"organizacion": "", "nivel": Participante.Nivel.de(datos["gad"])}
        elif not datos.get("nivel"):
            datos["nivel"] = procedencias.nivel_de_entidad(escrito) if escrito else None
        if not datos["nivel"]:
            que = (
                f"«{escrito}» no es un GAD conocido: elija" if escrito else "Escriba su GAD o elija"
            )
            self.add_error("nivel", f"{que} el nivel.")
        elif not escrito and datos["nivel"] in Participante.NIVELES_DE_GAD:
            self.add_error("procedencia", "Escriba de qué GAD viene.")


class RegistroForm(PersonaForm):
    """La fila de captura. `es_otra_persona`: quien registra ya miró a quién se parece."""

    clave_envio = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Falta la clave del envío: vuelva a abrir la página.",
            "invalid": "La clave del envío no es válida: vuelva a abrir la página.",
        },
    )
    es_otra_persona = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @classmethod
    def en_blanco(cls, encuentro, **otros):
        return cls(encuentro=encuentro, initial={"clave_envio": uuid4()} | otros)

    def datos(self):
        return super().datos() | {"es_otra_persona": self.cleaned_data["es_otra_persona"]}


class CorregirForm(PersonaForm):
    """Corregir a quien ya está. Lo que consintió no se reescribe: se conserva o se retira."""

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=1,
        error_messages={"required": "Falta la versión: vuelva a abrir la página."},
    )

    def __init__(self, *args, participante, **kwargs):
        self.participante = participante
        inicial = {
            campo: getattr(participante, campo)
            for campo in ("nombre", "cargo", "nivel", "sexo", "correo", "telefono", "version")
        }
        inicial |= {"procedencia": participante.viene_de, "consiente": participante.consiente}
        super().__init__(*args, initial=inicial, **kwargs)

    def _texto_aceptado(self):
        return self.participante.consentimiento or super()._texto_aceptado()

    def _consentimiento(self, datos):
        if datos["consiente"] and self.participante.consiente:
            return {}
        return super()._consentimiento(datos)


class SuprimirForm(forms.Form):
    motivo = forms.CharField(
        label="Por qué se suprimen",
        max_length=80,
        help_text="Queda escrito: no ponga el nombre de la persona. Por ejemplo, «A pedido de la "
        "persona titular, oficio 123».",
        error_messages={"required": "Escriba por qué se suprimen los datos."},
    )


class PlanillaForm(forms.Form):
    """Una hoja entera: pegada o en un archivo."""

    pegado = forms.CharField(
        label="Pegue aquí las filas de Excel, con sus encabezados",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "wrap": "off"}),
    )
    archivo = forms.FileField(
        label="O elija el archivo (.xlsx o .csv)",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"empty": "El archivo está vacío."},
    )
    consiente = forms.BooleanField(
        label="Todas las personas de la hoja firmaron el consentimiento",
        required=True,
        error_messages={
            "required": "Sin su consentimiento no se guarda el nombre de nadie. A quien no "
            "consintió regístrelo aparte, sin nombre."
        },
    )
    lote = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Falta la clave del envío: vuelva a abrir la página.",
            "invalid": "La clave del envío no es válida: vuelva a abrir la página.",
        },
    )

    def __init__(self, *args, encuentro, **kwargs):
        super().__init__(*args, **kwargs)
        self.encuentro = encuentro
        self.texto = TextoConsentimiento.objects.en(encuentro.fecha)

    def clean(self):
        datos = super().clean()
        pegado, archivo = (datos.get("pegado") or "").strip(), datos.get("archivo")
        if not pegado and not archivo and "archivo" not in self.errors:
            self.add_error("pegado", "Pegue las filas o elija un archivo.")
        if pegado and archivo:
            self.add_error("archivo", "Use lo pegado o el archivo: uno de los dos.")
        if not self.texto:
            self.add_error("consiente", SIN_TEXTO)
        return datos

    def consentimiento(self):
        """{campo: valor} de lo que firmaron."""
        fecha = min(self.encuentro.fecha, timezone.localdate())
        return {"consentimiento": self.texto.texto, "consentimiento_fecha": fecha}
