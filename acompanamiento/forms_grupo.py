"""Lo que se teclea en la mesa para formar o editar un grupo."""

from functools import cached_property

from django import forms
from django.db.models import Exists, OuterRef, Value
from django.utils import timezone

from territorios.filtros import CampoFecha, EntradaDeFecha
from territorios.forms import FormularioVersionado
from territorios.models import EspacioCoordinacion, Zona
from territorios.texto import enumerar

from .mesa import PAIS, Dictamen, Terreno, elegir
from .models import Criterio, Grupo


class CodigosField(forms.MultipleChoiceField):
    """Códigos marcados en la mesa; los que hoy no están en la DPA se rechazan por su código.

    Los que valen van en `codigos` y no en `choices`: son más de mil y la plantilla escribe lo suyo.
    """

    codigos = frozenset()
    default_error_messages = {
        "invalid_choice": "%(value)s no es el código de un territorio vigente."
    }

    def valid_value(self, value):
        return value in self.codigos


class Opcion(forms.ModelChoiceField):
    """Una fila del catálogo; un número que no cabe en la base tampoco es una opción."""

    def to_python(self, value):
        try:
            return super().to_python(value)
        except OverflowError as error:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], "invalid_choice", {"value": value}
            ) from error


class Opciones(forms.ModelMultipleChoiceField):
    def clean(self, value):
        try:
            return super().clean(value)
        except OverflowError as error:
            raise forms.ValidationError("Alguna de las opciones no existe.") from error


class FechaDelCambio(CampoFecha):
    """Desde cuándo rige un cambio de miembros: hoy o antes, porque lo futuro todavía no es."""

    def __init__(self, **kwargs):
        super().__init__(widget=EntradaDeFecha(format="%Y-%m-%d"), **kwargs)

    def clean(self, value):
        fecha = super().clean(value)
        if fecha and fecha > timezone.localdate():
            raise forms.ValidationError("Escriba una fecha de hoy o anterior.")
        return fecha


class GrupoForm(FormularioVersionado):
    """La mesa: un grupo con sus cantones y los GAD que entran de cada uno.

    `marcados` son los GAD con la casilla puesta y `vistos`, los cantones y provincias cuyas
    casillas se llegaron a mostrar: véase `mesa.elegir`.
    """

    ambito = forms.ChoiceField(label="Territorio a la vista", required=False)
    cantones = CodigosField(
        label="Cantones", error_messages={"required": "Elija al menos un cantón."}
    )
    marcados = CodigosField(label="GAD que entran", required=False)
    vistos = CodigosField(label="Cantones ya desplegados", required=False)
    # Los guarda la acción; aquí no, para que no se lean aparte del catálogo en que se eligen.
    criterios_secundarios = Opciones(
        Criterio.objects,
        label="Otros criterios",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    fecha = FechaDelCambio(label="Son miembros desde")
    motivo_salida = forms.CharField(label="Por qué salen", max_length=250, required=False)

    class Meta:
        model = Grupo
        fields = [
            "nombre",
            "criterio",
            "espacio",
            "nota",
            "sede",
            "zona",
            "justificacion",
        ]
        field_classes = {
            "criterio": Opcion,
            "espacio": Opcion,
            "sede": Opcion,
            "zona": Opcion,
        }
        widgets = {
            "nota": forms.Textarea({"rows": 2}),
            "justificacion": forms.Textarea({"rows": 3}),
        }
        error_messages = {
            "nombre": {"required": "Escriba el nombre del grupo."},
            "criterio": {"required": "Elija el criterio: el grupo ya se conformó."},
            "sede": {"required": "Elija la sede: el grupo ya se conformó."},
            "zona": {"required": "El grupo cruza zonas: elija cuál coordina."},
        }
        labels = {"justificacion": "Por qué se juntan sin ser un territorio continuo"}
        help_texts = {
            "nombre": "Lo usual es nombrar sus cantones: «Atacames, Rioverde».",
            "criterio": "El interés común que los junta.",
            "sede": "Cantón miembro donde se reúne el grupo.",
            "zona": "El grupo cruza zonas: cuál de ellas lo coordina.",
        }

    def __init__(self, data=None, *, usuario, instance, initial=None):
        self.usuario = usuario
        self.terreno = Terreno(instance.estrategia, instance)
        self.pasado = self.terreno.membresias
        self.membresias = [membresia for membresia in self.pasado if membresia.esta_en_curso]
        self.actuales = frozenset(membresia.gad_id for membresia in self.membresias)
        catalogos = _leer_catalogos(instance)
        secundarios = {"criterios_secundarios": catalogos["secundario"]}
        iniciales = self._de_los_miembros(instance) | secundarios | (initial or {})
        super().__init__(data, instance=instance, initial=iniciales)
        if instance.pk:
            self.fields["fecha"].label = "Los cambios de miembros rigen desde"
            # Con lo que se exigió al conformarlo no se vuelve atrás.
            conformado = instance.estado != Grupo.Estado.PROPUESTO
            self.fields["criterio"].required = self.fields["sede"].required = conformado
        self._poner_codigos()
        self._poner_catalogos(catalogos["criterio"], catalogos["espacio"])
        self._poner_lo_que_sale_de_lo_elegido()

    def _de_los_miembros(self, grupo):
        zona = grupo.zona_id or self.usuario.zona_id
        codigos = set(self.actuales)
        cantones = {codigo[:4] for codigo in codigos if len(codigo) >= 4}
        return {
            "ambito": str(zona) if zona else PAIS,
            "cantones": sorted(cantones),
            "marcados": sorted(codigos),
            "vistos": sorted(cantones | {codigo[:2] for codigo in codigos}),
            "fecha": timezone.localdate(),
        }

    def _poner_codigos(self):
        sitios, provincias = self.terreno.sitios, self.terreno.provincias
        gads = {codigo for sitio in sitios.values() for codigo in sitio.gads}
        self.fields["cantones"].codigos = set(sitios)
        self.fields["marcados"].codigos = gads | set(provincias)
        self.fields["vistos"].codigos = set(sitios) | set(provincias)
        zonas = sorted({sitio.zona for sitio in sitios.values()})
        self.fields["ambito"].choices = [
            *((str(zona), f"Zona {zona} y sus vecinos") for zona in zonas),
            (PAIS, "Todo el país"),
        ]

    def _poner_catalogos(self, criterios, espacios):
        self.fields["criterio"].choices = [("", "Por definir"), *criterios]
        self.fields["criterios_secundarios"].choices = criterios
        self.fields["espacio"].choices = [("", "Ninguno todavía"), *espacios]

    def _poner_lo_que_sale_de_lo_elegido(self):
        """La sede es un cantón elegido y coordina una de sus zonas: con una sola no se pregunta."""
        zonas = self.dictamen.zonas
        self.fields["sede"].choices = [("", "Por definir"), *self.dictamen.sedes]
        self.fields["zona"].choices = [("", "Elija"), *((zona, f"Zona {zona}") for zona in zonas)]
        self.fields["zona"].required = len(zonas) > 1

    @cached_property
    def dictamen(self):
        """Lo que resulta de lo marcado, esté bien o mal el resto del formulario."""
        cantones, marcados, vistos = (
            self[nombre].value() or [] for nombre in ("cantones", "marcados", "vistos")
        )
        return Dictamen(
            self.terreno, elegir(self.terreno, cantones, marcados, vistos), self.actuales
        )

    @property
    def sede_perdida(self):
        """El nombre del cantón que era la sede y cuyo municipio ya no entra; vacío si no pasa."""
        sede = str(self["sede"].value() or "")
        es_otra = sede in self.terreno.nombres and sede not in dict(self.dictamen.sedes)
        return self.terreno.nombres[sede] if es_otra else ""

    @property
    def ambito_elegido(self):
        ambito = self["ambito"].value()
        return ambito if ambito in dict(self.fields["ambito"].choices) else PAIS

    @classmethod
    def tecleado(cls, datos):
        """Lo enviado, como valores iniciales: para volver a mostrarlo sin juzgarlo todavía."""
        multiples = ("cantones", "marcados", "vistos", "criterios_secundarios")
        return {
            nombre: datos.getlist(nombre) if nombre in multiples else datos[nombre]
            for nombre in cls.base_fields
            if nombre in datos or nombre in multiples
        }

    # --- Comprobar ------------------------------------------------------------------------------

    def clean_zona(self):
        """La elegida o, si no hace falta elegir, la única."""
        zonas = self.dictamen.zonas
        zona = self.cleaned_data["zona"]
        if zona and zona.pk not in zonas:
            raise forms.ValidationError("Coordina una de las zonas de los cantones elegidos.")
        if len(zonas) == 1:
            zona = Zona.objects.get(pk=zonas[0])
        coordina = self.initial.get("zona")
        if (
            zona
            and coordina
            and zona.pk != coordina
            and self.usuario.zona_id not in (None, coordina)
        ):
            raise forms.ValidationError(
                f"Coordina la zona {coordina}: solo ella o la central la cambian."
            )
        return zona

    def clean_sede(self):
        sede = self.cleaned_data["sede"]
        if sede and sede.pk not in dict(self.dictamen.sedes):
            raise forms.ValidationError(
                f"{sede} no puede ser la sede: su GAD municipal no está entre los miembros."
            )
        return sede

    def clean(self):
        datos = super().clean()
        if "cantones" in datos:
            self._exigir_miembros()
            self._exigir_justificacion(datos)
            self._exigir_jurisdiccion()
            self._exigir_que_no_se_cruce(datos)
        if self.dictamen.salen:
            self._exigir_motivo(datos)
        return datos

    def _exigir_miembros(self):
        if self.dictamen.sin_gad:
            vacios = enumerar(self.dictamen.sin_gad)
            verbo = "está elegido" if len(self.dictamen.sin_gad) == 1 else "están elegidos"
            mensaje = f"{vacios} {verbo} sin ningún GAD: marque alguno o quite el cantón."
            self.add_error("cantones", mensaje)
        zona = self.usuario.zona_id
        if zona and zona not in self.dictamen.zonas:
            mensaje = f"El grupo debe tener al menos un cantón de su zona (zona {zona})."
            self.add_error("cantones", mensaje)

    def _exigir_jurisdiccion(self):
        """A los GAD de otra zona los cambia ella, la central o, si solo se propone, quien coordina.

        Ser de un grupo conformado abre lo aprobado de los demás: una zona no se lo da a sí misma.
        """
        cambian = self.dictamen.eleccion.gads ^ self.actuales
        ajenos = ajenos_a(self.usuario, self.terreno, cambian)
        propone = self.instance.estado == Grupo.Estado.PROPUESTO
        coordina = self.instance.pk is None or self.initial.get("zona") == self.usuario.zona_id
        if ajenos and not (propone and coordina):
            mensaje = f"No son de su zona: {self.dictamen.nombrar(ajenos)}. {QUIEN_LOS_CAMBIA}"
            self.add_error("cantones", mensaje)

    def _exigir_que_no_se_cruce(self, datos):
        entran = self.dictamen.eleccion.gads - self.actuales
        ultima = ultima_salida(self.pasado, entran)
        if ultima and datos.get("fecha") and datos["fecha"] < ultima:
            self.add_error(
                "fecha", f"Hay quien estuvo antes en el grupo, hasta el {ultima:%d/%m/%Y}."
            )

    def _exigir_justificacion(self, datos):
        veredicto = self.dictamen.veredicto
        if not veredicto.contiguo and not datos.get("justificacion", "").strip():
            mensaje = f"{veredicto.mensaje} Para guardarlo así, escriba por qué."
            self.add_error("justificacion", mensaje)

    def _exigir_motivo(self, datos):
        if not datos.get("motivo_salida", "").strip():
            self.add_error("motivo_salida", "Escriba por qué dejan el grupo: queda en su historia.")
        fecha = datos.get("fecha")
        entraron = ultima_entrada(self.membresias, self.dictamen.salen)
        if fecha and fecha < entraron:
            self.add_error("fecha", f"Hay quien entró después, el {entraron:%d/%m/%Y}.")

    # --- Guardar --------------------------------------------------------------------------------

    def lo_demas(self):
        """Lo que guarda la acción además de la fila."""
        return {
            "gads": self.dictamen.eleccion.gads,
            "secundarios": self.cleaned_data["criterios_secundarios"],
            "fecha": self.cleaned_data["fecha"],
        }

    def conflictos_con(self, actual):
        """También los miembros: son lo que más trabajo costó elegir."""
        pares = super().conflictos_con(actual)
        guardados = set(actual.membresias.vigentes_en().values_list("gad_id", flat=True))
        elegidos = self.dictamen.eleccion.gads
        if guardados != elegidos:
            nombres = (self.dictamen.nombrar(guardados), self.dictamen.nombrar(elegidos))
            pares.append(("Miembros", *nombres))
        return pares


def _leer_catalogos(grupo):
    """{"criterio" y "espacio": [(clave, nombre)], "secundario": claves de los criterios del grupo}.

    Una consulta.
    """
    suyos = Grupo.criterios_secundarios.through.objects.filter(grupo=grupo.pk)
    es_suyo = Exists(suyos.filter(criterio=OuterRef("pk")))
    criterios = Criterio.objects.annotate(cual=Value("criterio"), es_suyo=es_suyo)
    espacios = EspacioCoordinacion.objects.annotate(cual=Value("espacio"), es_suyo=Value(False))
    campos = ("cual", "pk", "nombre", "es_suyo")
    filas = criterios.order_by().values_list(*campos)
    filas = filas.union(espacios.order_by().values_list(*campos), all=True)
    catalogos = {"criterio": [], "espacio": [], "secundario": []}
    for cual, pk, nombre, es_suyo in filas.order_by("nombre"):
        catalogos[cual].append((pk, nombre))
        if es_suyo:
            catalogos["secundario"].append(pk)
    return catalogos


QUIEN_LOS_CAMBIA = (
    "Los cambia su zona o la central; y quien coordina, mientras el grupo está propuesto."
)


def ajenos_a(usuario, terreno, codigos):
    """De esos GAD, los de cantones de otra zona que la de quien entra; nadie si ve el país."""
    if usuario.ve_el_pais:
        return set()
    sitios = terreno.sitios
    return {c for c in codigos if c[:4] in sitios and sitios[c[:4]].zona != usuario.zona_id}


def ultima_entrada(membresias, codigos):
    return max(membresia.desde for membresia in membresias if membresia.gad_id in codigos)


def ultima_salida(membresias, codigos):
    """La última fecha en que alguno de esos GAD dejó el grupo; None si nunca estuvieron."""
    return max((m.hasta for m in membresias if m.gad_id in codigos and m.hasta), default=None)
