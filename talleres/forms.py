"""Lo que se teclea para programar, editar y cancelar un encuentro, y para cambiar su estado."""

from datetime import date, time

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.formats import date_format

from acompanamiento.models import Estrategia, Grupo, Membresia
from territorios.documentos import por_nivel
from territorios.forms import FormularioVersionado
from territorios.models import Entidad, Gad, Territorio

from .campos import UnoDe, VariosDe
from .convocatoria import DIALOGA_CON, convocables, convocados_por_regla
from .models import Encuentro, Facilitacion

Tipo, Jornada, Modalidad = Encuentro.Tipo, Encuentro.Jornada, Encuentro.Modalidad
PAPELES = {"facilitan": Facilitacion.Papel.FACILITA, "acompanan": Facilitacion.Papel.ACOMPANA}


class EncuentroForm(FormularioVersionado):
    """Programar o editar un encuentro, con los GAD que se convoca.

    Los convocados se proponen según el tipo, los grupos y el GAD del diálogo. `base_convocados`
    dice para cuáles se mostraron: si no se han mostrado, o cambiaron, `falta_revisar` queda en
    verdadero y hay que volver a mostrar el formulario antes de guardar.
    """

    estrategia = UnoDe(error_messages={"invalid_choice": "Elija una estrategia de la lista."})
    grupos = VariosDe(
        required=False,
        label="Grupos circunvecinos",
        error_messages={
            "invalid_choice": "Uno de los grupos no existe o no es de su jurisdicción."
        },
    )
    gad = UnoDe(
        required=False,
        label="GAD con el que se dialoga",
        help_text="En los momentos 1 y 2; en un complementario es opcional.",
        error_messages={"invalid_choice": "Ese GAD no es miembro de los grupos que usted edita."},
    )
    canton = UnoDe(
        required=False,
        label="Cantón",
        help_text="Opcional si es virtual.",
        error_messages={"invalid_choice": "Ese cantón no existe."},
    )
    facilitan = VariosDe(
        required=False,
        label="Facilitan (opcional)",
        error_messages={"invalid_choice": "Una de las entidades no está en el catálogo."},
    )
    acompanan = VariosDe(
        required=False,
        label="Acompañan (opcional)",
        error_messages={"invalid_choice": "Una de las entidades no está en el catálogo."},
    )
    convocados = VariosDe(
        required=False,
        label="GAD convocados",
        error_messages={
            "invalid_choice": "Uno de los GAD no es miembro de los grupos del encuentro."
        },
    )
    base_convocados = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Encuentro
        fields = [
            *("estrategia", "tipo", "clase", "tema", "fecha", "inicio", "fin", "jornada"),
            *("lugar", "canton", "modalidad", "gad", "nota"),
        ]
        widgets = {
            "fecha": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "inicio": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "fin": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "nota": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {
            "clase": "Clase de complementario",
            "inicio": "Hora de inicio (opcional)",
            "fin": "Hora de fin (opcional)",
            "nota": "Nota (opcional)",
        }
        help_texts = {
            "clase": "Vacía en los momentos 1, 2 y 3.",
            "jornada": "Solo si no hay hora de inicio.",
            "lugar": "Ciudad, edificio o sala; si es virtual, por dónde se entra.",
        }

    def __init__(self, *args, usuario, **kwargs):
        super().__init__(*args, **kwargs)
        self.usuario = usuario
        self.falta_revisar = False
        self.fields["jornada"].required = False
        for nombre in ("tipo", "clase", "jornada"):
            self.fields[nombre].choices = [("", "— Elija —"), *self.fields[nombre].choices[1:]]
        self._ofrecer_listas()
        if self.instance.pk:
            del self.fields["estrategia"]
            self._poner_lo_guardado()

    # --- Lo que se ofrece -----------------------------------------------------------------------

    def _ofrecer_listas(self):
        campos, encuentro = self.fields, self.instance
        if not encuentro.pk:
            estrategias = Estrategia.objects.visibles_para(self.usuario)
            campos["estrategia"].ofrecer(estrategias, vacia="— Elija —")
            if len(campos["estrategia"].objetos) == 1:
                self.initial.setdefault("estrategia", *campos["estrategia"].objetos)
        self._decir_el_periodo()
        campos["grupos"].ofrecer(self._grupos())
        cantones, gads = self._cantones_y_gads_de_dialogo()
        campos["gad"].ofrecer(
            [*gads, encuentro.gad], etiqueta=lambda g: g.nombre_con_lugar, vacia="— Ninguno —"
        )
        campos["canton"].ofrecer(
            [*cantones, encuentro.canton],
            etiqueta=lambda c: f"{c.nombre} ({c.padre.nombre})",
            vacia="— Sin cantón —",
        )
        entidades = self._entidades()
        campos["facilitan"].ofrecer(entidades)
        campos["acompanan"].ofrecer(entidades)

    def _decir_el_periodo(self):
        """Con una sola estrategia, la ayuda de la fecha dice entre qué días puede ser."""
        unicas = [self.instance.estrategia] if self.instance.pk else self._estrategias()
        if len(unicas) == 1:
            desde, hasta = (date_format(dia) for dia in (unicas[0].desde, unicas[0].hasta))
            self.fields["fecha"].help_text = f"Entre el {desde} y el {hasta}."

    def _estrategias(self):
        return list(self.fields["estrategia"].objetos.values())

    def _grupos(self):
        """Los vivos que puede editar; al editar, los de la misma estrategia."""
        en_este = Encuentro.grupos.through.objects.filter(
            encuentro=self.instance.pk, grupo=OuterRef("pk")
        )
        grupos = Grupo.objects.editables_por(self.usuario).annotate(elegido=Exists(en_este))
        if self.instance.pk:
            grupos = grupos.filter(estrategia=self.instance.estrategia_id)
        return [grupo for grupo in grupos if grupo.esta_vivo or grupo.elegido]

    def _cantones_y_gads_de_dialogo(self):
        """Los vigentes, y los miembros de los grupos que no son parroquiales. Una consulta."""
        grupos = list(self.fields["grupos"].objetos)
        miembros = Membresia.objects.vigentes(self._fecha()).filter(
            grupo__in=grupos, gad__nivel__in=Gad.PROVINCIALES + Gad.MUNICIPALES
        )
        vigentes = Territorio.objects.cantones().vigentes_en(timezone.localdate())
        territorios = (
            Territorio.objects.annotate(
                se_elige=Exists(vigentes.filter(pk=OuterRef("pk"))),
                dialoga=Exists(miembros.filter(gad=OuterRef("pk"))),
            )
            .filter(Q(se_elige=True) | Q(dialoga=True))
            .select_related("padre", "gad")
            .only("nivel", "nombre", "zona", "capital", "padre__nombre", "gad__nivel")
            .order_by("nombre", "codigo")
        )
        cantones = [uno for uno in territorios if uno.se_elige]
        gads = [uno.gad for uno in territorios if uno.dialoga]
        return cantones, sorted(gads, key=lambda gad: gad.pk)

    def _entidades(self):
        """Con su `papel` en este encuentro, o None."""
        propia = Facilitacion.objects.filter(encuentro=self.instance.pk, entidad=OuterRef("pk"))
        return list(Entidad.objects.annotate(papel=Subquery(propia.values("papel")[:1])))

    def _poner_lo_guardado(self):
        """Valores iniciales de lo que vive en otras tablas."""
        campos, encuentro = self.fields, self.instance
        elegidos = [grupo for grupo in campos["grupos"].objetos.values() if grupo.elegido]
        self.initial["grupos"] = [str(grupo.pk) for grupo in elegidos]
        for nombre, papel in PAPELES.items():
            entidades = campos[nombre].objetos.items()
            self.initial[nombre] = [clave for clave, e in entidades if e.papel == papel]
        if not self.is_bound:
            gads = self._convocables(elegidos)
            self._ofrecer_convocados(gads, {gad.pk for gad in gads if gad.convocado})
            self.base = base_de(encuentro.tipo, elegidos, encuentro.gad)

    def _convocables(self, grupos):
        editables = list(self.fields["grupos"].objetos)
        return list(convocables(self.instance, grupos, editables, self._fecha()))

    def _fecha(self):
        """La del encuentro, según la cual se es miembro; None si falta o no se entiende."""
        try:
            return self.fields["fecha"].clean(self["fecha"].value())
        except ValidationError:
            return None

    # --- Reglas ---------------------------------------------------------------------------------

    def clean(self):
        datos = super().clean()
        if self.instance.pk and not self.instance.esta_abierto:
            estado = self.instance.get_estado_display().lower()
            raise ValidationError(f"El encuentro está {estado}: solo se puede cambiar la nota.")
        self._revisar_horas(datos)
        self._revisar_fecha(datos)
        self._revisar_clase(datos)
        self._revisar_lugar(datos)
        self._revisar_entidades(datos)
        if self._sin_error("tipo", "grupos"):
            self._revisar_grupos(datos)
        if self._sin_error("tipo", "grupos"):
            posibles = self._convocables(datos["grupos"])
            miembros = [gad for gad in posibles if gad.es_miembro]
            self._revisar_gad(datos, miembros)
            self._revisar_convocados(datos, posibles, miembros)
        return datos

    def _sin_error(self, *nombres):
        return not any(nombre in self.errors for nombre in nombres)

    def _revisar_horas(self, datos):
        inicio, fin = datos.get("inicio"), datos.get("fin")
        if not self._sin_error("inicio", "fin", "jornada"):
            return
        if fin and not inicio:
            self.add_error("inicio", "Indique también la hora de inicio.")
        elif inicio and fin and fin <= inicio:
            self.add_error("fin", "La hora de fin debe ser posterior a la de inicio.")
        elif inicio and "inicio" not in self.changed_data:
            datos["jornada"] = self.initial["jornada"]
        elif inicio:
            datos["jornada"] = Jornada.de(inicio)
        elif not datos.get("jornada"):
            self.add_error("jornada", "Sin hora de inicio, diga si es en la mañana o en la tarde.")

    def _revisar_fecha(self, datos):
        fecha, estrategia = datos.get("fecha"), self._estrategia(datos)
        if fecha and estrategia and not estrategia.desde <= fecha <= estrategia.hasta:
            desde = date_format(estrategia.desde, "DATE_FORMAT")
            hasta = date_format(estrategia.hasta, "DATE_FORMAT")
            self.add_error(
                "fecha", f"Está fuera del período de la estrategia: del {desde} al {hasta}."
            )

    def _estrategia(self, datos):
        return self.instance.estrategia if self.instance.pk else datos.get("estrategia")

    def _revisar_clase(self, datos):
        tipo, clase = datos.get("tipo"), datos.get("clase")
        if tipo == Tipo.COMPLEMENTARIO and not clase and self._sin_error("clase"):
            self.add_error("clase", "Indique la clase de encuentro complementario.")
        elif tipo and tipo != Tipo.COMPLEMENTARIO and clase:
            self.add_error("clase", "La clase es solo para los complementarios: déjela vacía.")

    def _revisar_lugar(self, datos):
        es_virtual = datos.get("modalidad") == Modalidad.VIRTUAL
        if not datos.get("canton") and not es_virtual and self._sin_error("canton", "modalidad"):
            self.add_error("canton", "Indique el cantón, o la modalidad virtual.")

    def _revisar_entidades(self, datos):
        en_las_dos = set(datos.get("facilitan", [])) & set(datos.get("acompanan", []))
        if en_las_dos:
            nombres = ", ".join(sorted(str(entidad) for entidad in en_las_dos))
            self.add_error("acompanan", f"Ya está entre quienes facilitan: {nombres}.")

    def _revisar_grupos(self, datos):
        grupos, estrategia = datos["grupos"], self._estrategia(datos)
        de_otra = [g for g in grupos if estrategia and g.estrategia_id != estrategia.pk]
        if de_otra:
            self.add_error("grupos", f"{de_otra[0]} es de otra estrategia.")
        elif not grupos and datos["tipo"] != Tipo.COMPLEMENTARIO:
            self.add_error("grupos", "Elija al menos un grupo.")
        elif not grupos and not self.usuario.ve_el_pais:
            self._revisar_sin_grupos(datos)

    def _revisar_sin_grupos(self, datos):
        """Quien ve solo su zona no puede dejar el encuentro donde ya no lo vería."""
        canton = datos.get("canton")
        if self.grupos_ajenos():
            self.add_error("grupos", "Deje al menos un grupo de su jurisdicción.")
        elif canton and canton.zona_id != self.usuario.zona_id:
            self.add_error("canton", "Sin grupo, el cantón debe ser de su zona.")
        elif not canton and self._sin_error("canton"):
            self.add_error("canton", "Sin grupo, indique un cantón de su zona.")

    def _revisar_gad(self, datos, miembros):
        tipo, gad = datos["tipo"], datos.get("gad")
        if not self._sin_error("gad", "grupos") or tipo == Tipo.COMPLEMENTARIO:
            return
        if tipo == Tipo.M3:
            datos["gad"] = None
            return
        quien, nivel, niveles = DIALOGA_CON[tipo]
        posibles = [miembro for miembro in miembros if miembro.nivel in niveles]
        if not gad and len(posibles) == 1:
            datos["gad"] = posibles[0]
        elif not gad:
            self.add_error("gad", f"Diga con qué {quien} es el diálogo.")
        elif gad.nivel not in niveles:
            self.add_error("gad", f"En un {tipo} se dialoga con un GAD {nivel}.")
        elif gad not in posibles:
            self.add_error("gad", f"{gad.nombre} no es miembro de los grupos elegidos.")

    # --- Convocados -----------------------------------------------------------------------------

    def _revisar_convocados(self, datos, posibles, miembros):
        tipo, gad = datos["tipo"], datos.get("gad")
        tecleados = self.data.getlist(self.add_prefix("convocados"))
        self.base = base_de(tipo, datos["grupos"], gad)
        if datos["base_convocados"] == self.base:
            self._ofrecer_convocados(posibles, tecleados)
            self._tomar_convocados(datos, tecleados)
        elif self.errors:
            self._ofrecer_convocados([], [])
        else:
            self.falta_revisar = bool(posibles)
            self._ofrecer_convocados(posibles, convocados_por_regla(tipo, gad, miembros))

    def _tomar_convocados(self, datos, tecleados):
        """El campo se limpia aquí porque hasta aquí no se sabía entre quiénes se elige."""
        try:
            datos["convocados"] = self.fields["convocados"].clean(tecleados)
            if not tecleados and datos["tipo"] != Tipo.COMPLEMENTARIO:
                raise ValidationError("Convoque al menos a un GAD.")
        except ValidationError as error:
            self.add_error("convocados", error)

    def _clean_fields(self):
        """Todos menos los convocados, que dependen de los demás."""
        convocados = self.fields.pop("convocados")
        super()._clean_fields()
        self.fields["convocados"] = convocados
        self.cleaned_data["convocados"] = []

    def _ofrecer_convocados(self, gads, marcados):
        self.fields["convocados"].ofrecer(gads, etiqueta=lambda gad: gad.nombre_con_lugar)
        self.opciones_de_convocados = [
            (titulo, [(gad, gad.pk in marcados) for gad in suyos])
            for titulo, suyos in por_nivel(gads)
        ]

    def marcados(self):
        """Los GAD que muestra marcados, se puedan o no guardar todavía."""
        niveles = getattr(self, "opciones_de_convocados", [])
        return [gad for _, suyos in niveles for gad, marcado in suyos if marcado]

    def se_puede_situar(self):
        """Si ya se sabe lo mínimo para buscarle choques."""
        e = self.instance
        return bool(e.estrategia_id and e.tipo and e.fecha and e.jornada) and not self._en_duda()

    def _en_duda(self):
        return {"estrategia", "tipo", "fecha", "inicio", "fin"} & set(self.errors)

    # --- Lo validado ----------------------------------------------------------------------------

    def grupos_ajenos(self):
        """Los del encuentro que quien edita no ve: no se tocan."""
        if not self.instance.pk:
            return []
        return list(self.instance.grupos.exclude(pk__in=list(self.fields["grupos"].objetos)))

    def lo_demas(self):
        """Lo que no son campos del encuentro, con lo que quien edita no ve y no se toca."""
        datos = self.cleaned_data
        return {
            "grupos": [*datos["grupos"], *self.grupos_ajenos()],
            "convocados": [*datos["convocados"], *self._convocados_intocables()],
            "papeles": {e: papel for nombre, papel in PAPELES.items() for e in datos[nombre]},
        }

    def _convocados_intocables(self):
        """Los que no se ofrecieron, por ser de grupos ajenos."""
        if not self.instance.pk:
            return []
        ofrecidos = list(self.fields["convocados"].objetos)
        return list(self.instance.gads_convocados.exclude(pk__in=ofrecidos))

    def conflictos_con(self, actual):
        """Con nombres en lugar de códigos."""
        pares = []
        for nombre in self.changed_data:
            campo = self.fields[nombre]
            if nombre in self.Meta.fields:
                pares.append(
                    (campo.label, _leer(campo, getattr(actual, nombre)), self._dicho(nombre))
                )
            elif nombre == "grupos":
                pares.append((campo.label, _leer(campo, actual.grupos.all()), self._dicho(nombre)))
        return pares

    def _dicho(self, nombre):
        return _leer(self.fields[nombre], self.cleaned_data.get(nombre))


def base_de(tipo, grupos, gad):
    """De qué dependen los convocados, para saber si hay que volver a mostrarlos."""
    claves = ",".join(sorted(str(grupo.pk) for grupo in grupos))
    return f"{tipo}:{claves}:{gad.pk if gad else ''}"


def _leer(campo, valor):
    if hasattr(campo, "legible"):
        return campo.legible(valor)
    if hasattr(campo, "choices"):
        return dict(campo.choices).get(valor, valor)
    if isinstance(valor, date):
        return date_format(valor, "DATE_FORMAT")
    return f"{valor:%H:%M}" if isinstance(valor, time) else valor or ""


class NotaForm(FormularioVersionado):
    """Lo único que se edita de un encuentro realizado o cancelado."""

    class Meta:
        model = Encuentro
        fields = ["nota"]
        widgets = {"nota": forms.Textarea(attrs={"rows": 4})}


class CancelarForm(forms.Form):
    motivo = forms.CharField(
        label="Motivo de la cancelación",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Queda a la vista de quienes ven el encuentro.",
        error_messages={"required": "Escriba por qué se cancela."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class VersionForm(forms.Form):
    """La versión que mostraba la página, para no cambiar el estado de lo que no se ha leído."""

    version = forms.IntegerField(
        label="Versión",
        widget=forms.HiddenInput,
        min_value=1,
        error_messages={"required": "Falta la versión del encuentro: vuelva a abrir su página."},
    )


class CerrarForm(VersionForm):
    participantes = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=20_000,
        label="Total declarado de participantes (opcional)",
        help_text="Cuántas personas fueron, según quien facilitó; no es una nómina.",
    )
    motivo = forms.CharField(
        required=False,
        max_length=1000,
        label="Por qué se cierra así (si falta algo)",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Queda a la vista de quienes ven el encuentro.",
    )
