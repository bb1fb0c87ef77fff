"""Lo que se pide al motor de propuestas."""

import re
from collections import defaultdict
from functools import cached_property
from itertools import combinations

from django import forms

from territorios.texto import enumerar, recortar, sin_tildes

from .agrupacion import Exigencias
from .mesa import PAIS

MODELO = Exigencias()
SOLO_ESTOS = "cantones"
# Los 221 cantones, con su provincia para no confundirlos, caben con holgura.
TEXTO_MAXIMO = 8000


class CantonesField(forms.CharField):
    """Conjuntos de cantones, uno por línea, por nombre o código: da una lista de listas."""

    widget = forms.Textarea

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            max_length=TEXTO_MAXIMO,
            widget=forms.Textarea({"rows": 2}),
            error_messages={"max_length": "Es demasiado largo: escriba menos cantones."},
            **kwargs,
        )
        self.terreno = None

    def clean(self, value):
        texto = super().clean(value)
        lineas = [linea for linea in texto.splitlines() if linea.strip()]
        return [self._leer(linea) for linea in lineas]

    def _leer(self, linea):
        partes = [parte.strip() for parte in re.split(r"[,;+]", linea) if parte.strip()]
        codigos = [self._codigo(parte) for parte in partes]
        if len(set(codigos)) < len(codigos):
            raise forms.ValidationError(f"«{recortar(linea)}» nombra dos veces al mismo cantón.")
        return codigos

    def _codigo(self, texto):
        if texto in self.terreno.sitios:
            return texto
        hallados = self._por_nombre.get(sin_tildes(texto), [])
        if len(hallados) == 1:
            return hallados[0]
        if not hallados:
            raise forms.ValidationError(f"«{recortar(texto)}» no es un cantón vigente.")
        opciones = (f"{self.terreno.nombres[codigo]}, código {codigo}" for codigo in hallados)
        raise forms.ValidationError(
            f"Hay {len(hallados)} cantones llamados «{texto}»: {enumerar(opciones)}. "
            "Escriba el código."
        )

    @cached_property
    def _por_nombre(self):
        por_nombre = defaultdict(list)
        for codigo, sitio in self.terreno.sitios.items():
            for nombre in {sitio.nombre, self.terreno.nombres[codigo]}:
                por_nombre[sin_tildes(nombre)].append(codigo)
        return por_nombre


class PropuestaForm(forms.Form):
    """Dónde se forman los grupos, con qué límites y qué va fijo. Va en la dirección."""

    donde = forms.ChoiceField(
        label="Dónde", error_messages={"invalid_choice": "Ese territorio no es de su jurisdicción."}
    )
    solo = CantonesField(
        label="Qué cantones", help_text="Solo si eligió «Los cantones que escriba»; con comas."
    )
    max_cantones = forms.IntegerField(
        label="Cantones por grupo, a lo más", min_value=1, max_value=30
    )
    max_parroquias = forms.IntegerField(
        label="Parroquias por grupo, a lo más", min_value=0, max_value=200
    )
    grupos = forms.IntegerField(
        label="Cuántos grupos",
        min_value=1,
        max_value=221,
        required=False,
        help_text="Vacío: los que convengan.",
    )
    juntos = CantonesField(
        label="Estos, juntos", help_text="Un conjunto por línea: «Manta, Montecristi»."
    )
    separados = CantonesField(
        label="Estos, no", help_text="Una línea por cada conjunto que no debe quedar unido."
    )
    repartir = forms.BooleanField(
        label="Repartir también los cantones que solo están en un grupo propuesto", required=False
    )
    semilla = forms.IntegerField(
        label="Variante",
        min_value=1,
        max_value=9999,
        help_text="Con otro número sale otro reparto.",
    )

    def __init__(self, data=None, *, usuario, terreno):
        iniciales = {
            "donde": f"zona-{usuario.zona_id}" if usuario.zona_id else "",
            "max_cantones": MODELO.max_cantones,
            "max_parroquias": MODELO.max_parroquias,
            "semilla": MODELO.semilla,
        }
        if data is not None:
            # Una dirección escrita a mano puede callar lo que tiene un valor usual.
            data = data.copy()
            for nombre, valor in iniciales.items():
                data.setdefault(nombre, valor)
        super().__init__(data, initial=iniciales)
        self.usuario, self.terreno = usuario, terreno
        self.fields["donde"].choices = self._lugares()
        for nombre in ("solo", "juntos", "separados"):
            self.fields[nombre].terreno = terreno

    def _lugares(self):
        sitios = self._de_su_jurisdiccion()
        zonas = sorted({sitio.zona for sitio in sitios})
        provincias = {sitio.codigo[:2]: sitio.provincia for sitio in sitios}
        lugares = [(f"zona-{zona}", f"Zona {zona}") for zona in zonas]
        lugares += [(f"provincia-{codigo}", nombre) for codigo, nombre in provincias.items()]
        if self.usuario.ve_el_pais:
            lugares.append((PAIS, "Todo el país"))
        return [*lugares, (SOLO_ESTOS, "Los cantones que escriba")]

    def _de_su_jurisdiccion(self):
        sitios = self.terreno.sitios.values()
        if self.usuario.ve_el_pais:
            return list(sitios)
        return [sitio for sitio in sitios if sitio.zona == self.usuario.zona_id]

    def clean(self):
        datos = super().clean()
        if datos.get("donde") == SOLO_ESTOS and not datos.get("solo") and "solo" in datos:
            self.add_error("solo", "Escriba qué cantones se agrupan.")
        if not self.errors:
            for nombre in ("juntos", "separados"):
                self._exigir_por_agrupar(nombre)
        return datos

    def _exigir_por_agrupar(self, nombre):
        """Solo se fija lo que se va a repartir: un cantón de fuera, o con grupo, se nombra."""
        elegibles = self.elegibles()
        pedidos = {codigo for linea in self.cleaned_data[nombre] for codigo in linea}
        for codigo in sorted(pedidos):
            sitio, como = self.terreno.sitios[codigo], self.terreno.nombres[codigo]
            impiden = [
                grupo
                for grupo in sitio.grupos
                if not (grupo.solo_propuesto and self.cleaned_data["repartir"])
            ]
            if codigo not in elegibles:
                self.add_error(nombre, f"{como} no está en el territorio que se reparte.")
            elif impiden:
                self.add_error(nombre, f"{como} ya está en {enumerar(map(str, impiden))}.")

    def elegibles(self):
        """Los códigos entre los que se proponen grupos."""
        donde, solo = self.cleaned_data["donde"], self.cleaned_data["solo"]
        if donde == SOLO_ESTOS:
            return {codigo for linea in solo for codigo in linea}
        if donde == PAIS:
            return set(self.terreno.sitios)
        que, valor = donde.split("-")
        if que == "zona":
            return {c for c, sitio in self.terreno.sitios.items() if str(sitio.zona) == valor}
        return {codigo for codigo in self.terreno.sitios if codigo[:2] == valor}

    def exigencias(self):
        datos = self.cleaned_data
        return Exigencias(
            max_cantones=datos["max_cantones"],
            max_parroquias=datos["max_parroquias"],
            juntos=tuple(frozenset(linea) for linea in datos["juntos"]),
            separados=tuple(par for linea in datos["separados"] for par in combinations(linea, 2)),
            semilla=datos["semilla"],
            numero_de_grupos=datos["grupos"],
        )
